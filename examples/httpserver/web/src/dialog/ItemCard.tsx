import { useId } from 'react';
import type { Client } from '../api/client';
import { isFileFault } from '../api/problem';
import { hasNoRows } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { isCheckedWith, keyOf, type Item, type Options, type Queue } from '../importing/queue';
import { JobView } from '../job/JobView';
import type { Kind } from '../kind';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { Check } from './Check';
import { FileButton } from './FileButton';
import { FileFault } from './FileFault';
import { HeaderHelp } from './HeaderHelp';
import { Template } from './Template';
import { TroubleNotice } from './TroubleNotice';
import { UploadProgress } from './UploadProgress';
import { wrongOption } from './wrongOption';

export interface ItemCardProps {
  item: Item;
  client: Client;
  queue: Queue;
  options: Options;
  /** Whether it is the only file: the details of several are folded away. */
  alone: boolean;
  kind: Kind;
  /** Shows the option that is wrong. */
  onCorrect: () => void;
  /** Takes more files. */
  onFiles: (files: readonly File[]) => void;
}

/** One file of the dialog, whatever phase it is in. */
export function ItemCard({ item, client, queue, options, alone, kind, onCorrect, onFiles }: ItemCardProps) {
  const texts = useI18n();
  const { t, format } = texts;
  const heading = useId();
  const removable = item.phase !== 'running' && item.phase !== 'starting';

  return (
    <section className="bi-item" aria-labelledby={heading} data-item={item.key}>
      <header className="bi-item-head">
        <Icon name="file" />
        <div className="bi-item-name">
          <h3 id={heading} tabIndex={-1} title={item.name}>{item.name}</h3>
          <p className="bi-hint">
            {item.size > 0 && `${format.bytes(item.size)} · `}
            {t(`phase.${item.phase === 'ready' && hasNoRows(item.check) ? 'stopped' : item.phase}`)}
          </p>
        </div>
        {removable && (
          <button
            type="button"
            className="bi-button bi-quiet bi-square"
            aria-label={t(item.phase === 'uploading' ? 'item.cancelUpload' : 'item.remove', { file: item.name })}
            title={t(item.phase === 'uploading' ? 'item.cancelUpload' : 'item.remove', { file: item.name })}
            onClick={() => queue.remove(item.key)}
          >
            <Icon name="cross" />
          </button>
        )}
      </header>

      {item.trouble !== null && <TroubleNotice trouble={item.trouble} phase={item.phase} onRetry={() => queue.wake()} />}

      {item.phase === 'uploading' && <UploadProgress item={item} />}
      {(item.phase === 'checking' || item.phase === 'starting') && <Busy phase={item.phase} />}

      {item.phase === 'ready' && item.unchecked !== null && <Notice tone="info">{t('check.unavailable')}</Notice>}
      {item.phase === 'ready' && <NotChecked item={item} options={options} onCorrect={onCorrect} />}
      {item.phase === 'ready' && item.check !== null && (
        <Check
          check={item.check}
          alone={alone}
          kind={kind}
          stale={!isCheckedWith(item, options)}
          onAll={() => queue.recheck([item.key], options, 'all')}
        />
      )}

      {item.phase === 'ready' && hasNoRows(item.check) && (
        <>
          <div className="bi-actions">
            <FileButton label={t('item.chooseCorrected')} onFiles={([file]) => file !== undefined && queue.replace(item.key, file, options)}>
              <Icon name="file" />
            </FileButton>
          </div>
          <Template client={client} compare />
        </>
      )}

      {(item.phase === 'running' || item.phase === 'ended') && item.job !== null && (
        <JobView
          job={item.job}
          kind={kind}
          compact={!alone}
          cancelling={item.cancelling}
          cancelTrouble={item.cancelTrouble}
          onCancel={() => queue.cancel(item.key)}
          onCancelNow={() => queue.wake()}
          onRetry={() => queue.retry(item.key, options)}
          onFiles={alone ? onFiles : undefined}
          refreshed={() => queue.latest(item.jobID!)}
        />
      )}

      {item.phase === 'unseen' && item.problem !== null && (
        <Notice
          tone="warn"
          urgent
          title={t('item.unseen')}
          actions={
            <button type="button" className="bi-button" onClick={() => queue.retry(item.key, options)}>
              <Icon name="retry" />
              {t('item.lookAgain')}
            </button>
          }
        >
          <p>{t('item.unseen.text', { why: problemText(texts, item.problem) })}</p>
        </Notice>
      )}

      {item.phase === 'stopped' && item.problem !== null && (
        <Notice
          tone="bad"
          urgent
          title={t('item.stopped')}
          actions={
            isFileFault(item.problem) ? (
              <FileButton
                label={t(item.problem.code === 'file_changed_here' ? 'item.chooseAgain' : 'item.chooseCorrected')}
                onFiles={([file]) => file !== undefined && queue.replace(item.key, file, options)}
              >
                <Icon name="file" />
              </FileButton>
            ) : (
              <button type="button" className="bi-button" onClick={() => queue.retry(item.key, options)}>
                <Icon name="retry" />
                {t('action.tryAgain')}
              </button>
            )
          }
        >
          <FileFault problem={item.problem} kind={kind} />
        </Notice>
      )}
      {item.phase === 'stopped' && item.problem !== null && <HeaderHelp problem={item.problem} client={client} />}
    </section>
  );
}

/** Says that the options are not taken, or that a file was not checked because of that. */
function NotChecked({ item, options, onCorrect }: { item: Item; options: Options; onCorrect: () => void }) {
  const texts = useI18n();
  const { t } = texts;

  if (item.misfit?.options === keyOf(options)) {
    const field = wrongOption(item.misfit.problem, options);

    return (
      <Notice
        tone="warn"
        title={t('item.misfit')}
        actions={
          field !== null && (
            <button type="button" className="bi-button" onClick={onCorrect}>
              {t('item.misfit.correct')}
            </button>
          )
        }
      >
        <p>{field === null ? problemText(texts, item.misfit.problem) : t('item.misfit.text')}</p>
      </Notice>
    );
  }

  return item.check === null && item.unchecked === null ? <Notice tone="info">{t('item.notChecked')}</Notice> : null;
}

function Busy({ phase }: { phase: 'checking' | 'starting' }) {
  const { t } = useI18n();

  return (
    <p className="bi-busy">
      <span className="bi-spinner" aria-hidden="true" />
      {t(phase === 'checking' ? 'check.busy' : 'item.starting')}
    </p>
  );
}
