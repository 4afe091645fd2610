import type { I18n } from '../i18n/i18n';

/** Returns what people call a column of the import. */
export function columnName({ find, t }: I18n, column: string): string {
  const own = find(`column.${column}`);

  if (own !== null) {
    return own;
  }

  // Members of the families: nutrition_energy, regional_names_IN-MH, image_url_2.
  const [, nutrient] = /^nutrition_(.+)$/.exec(column) ?? [];
  const [, region] = /^regional_names_(.+)$/.exec(column) ?? [];
  const [, number] = /^image_url_(\d+)$/.exec(column) ?? [];

  if (nutrient !== undefined) {
    return t('column.nutrition', { nutrient: nutrient.replaceAll('_', ' ') });
  }

  if (region !== undefined) {
    return t('column.regional', { region });
  }

  return number === undefined ? column : t('column.image', { n: Number(number) });
}
