import type { I18n } from '../i18n/i18n';

/** Returns what people call a column of the import. */
export function columnName(texts: I18n, column: string): string {
  const { find, t } = texts;
  const own = find(`column.${column}`);

  if (own !== null) {
    return own;
  }

  // Members of the families: nutrition_energy, regional_names_IN-MH, image_url_2.
  const [, nutrient] = /^nutrition_(.+)$/.exec(column) ?? [];
  const [, region] = /^regional_names_(.+)$/.exec(column) ?? [];
  const [, number] = /^image_url_(\d+)$/.exec(column) ?? [];

  if (nutrient !== undefined) {
    return t('column.nutrition', { nutrient: nutrientName(texts, nutrient) });
  }

  if (region !== undefined) {
    return t('column.regional', { region });
  }

  return number === undefined ? column : t('column.image', { n: Number(number) });
}

/** Returns what people call a nutrient such as energy_kcal; its own words where nobody knows it. */
function nutrientName({ find, t }: I18n, nutrient: string): string {
  const [, name = '', end = ''] = /^(.+)_([a-z]+)$/.exec(nutrient) ?? [];
  const unit = find(`unit.${end}`);

  if (unit === null) {
    return find(`nutrient.${nutrient}`) ?? nutrient.replaceAll('_', ' ');
  }

  return t('column.nutrition.unit', { nutrient: find(`nutrient.${name}`) ?? name.replaceAll('_', ' '), unit });
}
