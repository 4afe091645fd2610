import { useI18n } from '../i18n/i18n';

/** Names what told the duplicates, where there are any. */
export function Tiers({ tiers }: { tiers: Record<string, number> }) {
  const { t, find } = useI18n();
  const found = Object.entries(tiers).filter(([, count]) => count > 0);

  if (found.length === 0) {
    return null;
  }

  return (
    <small>
      {found.map(([tier, count]) => t('tier.count', { tier: find(`tier.${tier}`) ?? tier, n: count })).join(', ')}
    </small>
  );
}
