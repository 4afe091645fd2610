import { useId } from 'react';
import { useI18n } from '../i18n/i18n';
import type { Item } from '../importing/queue';
import { useRate } from '../job/rate';

/** How much of a file is uploaded, how fast, and how long it will take. */
export function UploadProgress({ item: { sent, size, trouble } }: { item: Item }) {
  const { t, format } = useI18n();
  const words = useId();
  const rate = useRate(sent, trouble !== null);
  const left = rate > 0 && sent < size ? (size - sent) / rate : null;

  return (
    <div className="bi-progress">
      <progress className="bi-bar" aria-label={t('upload.label')} aria-describedby={words} max={size} value={sent} />
      <p id={words} className="bi-meter">
        <span>{t('upload.bytes', { sent: format.bytes(sent), size: format.bytes(size) })}</span>
        {sent === size && size > 0 && <span>{t('upload.saving')}</span>}
        {rate > 0 && sent < size && <span>{t('upload.rate', { rate: format.bytes(rate) })}</span>}
        {left !== null && left > 2 && <span>{t('progress.left', { time: format.duration(left) })}</span>}
      </p>
    </div>
  );
}
