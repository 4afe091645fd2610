import { useId, useRef, useState, type DragEvent } from 'react';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';

export interface FilePickerProps {
  /** Whether it stands below files that were chosen before. */
  compact?: boolean;
  /** Whether it waits for a file that was corrected. */
  corrected?: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** Takes files by a button, or by dropping them. */
export function FilePicker({ compact = false, corrected = false, onFiles }: FilePickerProps) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const [over, setOver] = useState(false);

  const take = (list: FileList | null) => {
    const files = Array.from(list ?? []);

    if (files.length > 0) {
      onFiles(files);
    }
  };

  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover' || event.type === 'dragenter');
  };

  return (
    <div
      className={`bi-drop${compact ? ' bi-drop-compact' : ''}${over ? ' bi-drop-over' : ''}`}
      onDragEnter={drag}
      onDragOver={drag}
      onDragLeave={drag}
      onDrop={(event) => {
        drag(event);
        take(event.dataTransfer.files);
      }}
    >
      {!compact && (
        <span className="bi-drop-icon">
          <Icon name="upload" />
        </span>
      )}
      <div className="bi-drop-text">
        {!compact && <p className="bi-drop-title">{t('drop.title')}</p>}
        <p id={hint} className="bi-drop-hint">
          {t(corrected ? 'drop.corrected' : compact ? 'drop.more' : 'drop.hint')}
        </p>
      </div>
      <button
        type="button"
        className={`bi-button${compact ? '' : ' bi-primary'}`}
        aria-describedby={hint}
        onClick={() => input.current?.click()}
      >
        {t('drop.choose')}
      </button>
      <input
        ref={input}
        className="bi-unseen"
        type="file"
        multiple
        hidden
        aria-label={t('drop.choose')}
        accept=".csv,.tsv,.txt,.gz,.zst,text/csv,text/tab-separated-values"
        onChange={(event) => {
          take(event.target.files);
          // The same file may be chosen again, once it was corrected.
          event.target.value = '';
        }}
      />
    </div>
  );
}
