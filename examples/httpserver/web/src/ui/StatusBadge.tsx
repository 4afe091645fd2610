import type { JobStatusName } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { Icon, type IconName } from './Icon';

const looks: Record<JobStatusName, { tone: string; icon: IconName }> = {
  pending_upload: { tone: 'plain', icon: 'clock' },
  queued: { tone: 'busy', icon: 'clock' },
  processing: { tone: 'busy', icon: 'retry' },
  completed: { tone: 'good', icon: 'check' },
  completed_with_errors: { tone: 'warn', icon: 'alert' },
  failed: { tone: 'bad', icon: 'cross' },
  cancelled: { tone: 'plain', icon: 'cross' },
};

export interface StatusBadgeProps {
  status: JobStatusName;
  /** Whether it is of a file that was given up before its import began. */
  discarded?: boolean;
}

export function StatusBadge({ status, discarded = false }: StatusBadgeProps) {
  const { t } = useI18n();
  // A status of a newer server has no look here.
  const { tone, icon } = looks[status] ?? { tone: 'plain', icon: 'info' };

  return (
    <span className={`bi-badge bi-badge-${tone}`}>
      <Icon name={icon} />
      {discarded ? t('status.discarded') : status in looks ? t(`status.${status}`) : status}
    </span>
  );
}
