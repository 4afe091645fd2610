import { useId, useState, type DragEvent } from 'react';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';
import { FileButton } from './FileButton';

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
  const hint = useId();
  const [over, setOver] = useState(false);

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
        const files = Array.from(event.dataTransfer.files);

        if (files.length > 0) {
          onFiles(files);
        }
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
      <FileButton
        label={t('drop.choose')}
        className={`bi-button${compact ? '' : ' bi-primary'}`}
        describedBy={hint}
        multiple
        onFiles={onFiles}
      />
    </div>
  );
}
