import type { Client } from '../api/client';
import { isFileFault } from '../api/problem';
import { hasNoRows, type JobStatus } from '../api/types';
import { Check } from '../dialog/Check';
import { FileFault } from '../dialog/FileFault';
import { FilePicker } from '../dialog/FilePicker';
import { HeaderHelp } from '../dialog/HeaderHelp';
import { headerText } from '../dialog/headerText';
import { OptionsForm } from '../dialog/OptionsForm';
import { Template } from '../dialog/Template';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { wrongOption } from '../dialog/wrongOption';
import { useI18n } from '../i18n/i18n';
import { checkKeyOf, keyOf, type Options } from '../importing/queue';
import type { Kind } from '../kind';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { DiscardButton } from './DiscardButton';
import type { Review, ReviewActions } from './useReview';

export interface NotStartedProps {
  client: Client;
  kind: Kind;
  review: Review;
  actions: ReviewActions;
  options: Options;
  onOptions: (options: Options) => void;
  /** Takes another file in place of this one. */
  onFiles: (files: readonly File[]) => void;
}

/** Returns the options that a job has, of those that can be chosen. */
export function optionsOf({ options }: JobStatus, kind: Kind): Options {
  const { default_region, notification_email, skip_duplicates, barcode_conflict, auto_verify, process_images } = options;
  const written = { default_region, notification_email };

  return kind === 'inventory' ? written : { skip_duplicates, barcode_conflict, auto_verify, process_images, ...written };
}

/** A file that lies at the server: what its import would do, and what can be done with it. */
export function NotStarted({ client, kind, review, actions, options, onOptions, onFiles }: NotStartedProps) {
  const texts = useI18n();
  const { t } = texts;
  const { phase, check, misfit, problem } = review;
  const unfit = misfit?.options === keyOf(options) ? misfit.problem : null;
  const stale = check !== null && review.checkedWith !== checkKeyOf(options);
  // Of other rows, and with other options, it would be another number.
  const exact = check?.complete === true && !stale && check.outcomes.successful > 0;
  const startable = phase === 'ready' && unfit === null && !hasNoRows(check);

  return (
    <div className="bi-job">
      {phase !== 'stopped' && <Notice tone="info">{t('job.notStarted')}</Notice>}
      {review.trouble !== null && <TroubleNotice trouble={review.trouble} phase={phase} onRetry={actions.wake} />}

      {(phase === 'checking' || phase === 'starting') && (
        <p className="bi-busy">
          <span className="bi-spinner" aria-hidden="true" />
          {t(phase === 'checking' ? 'check.busy' : 'item.starting')}
        </p>
      )}
      {phase === 'ready' && review.unchecked !== null && <Notice tone="info">{t('check.unavailable')}</Notice>}
      {phase === 'ready' && unfit !== null && <Notice tone="warn" title={t('item.misfit')}>{headerText(texts, unfit, kind)}</Notice>}
      {phase === 'ready' && check !== null && (
        <Check check={check} alone kind={kind} stale={stale} onAll={() => actions.check('all')} />
      )}

      {phase === 'ready' && hasNoRows(check) && (
        <>
          <FilePicker compact corrected onFiles={onFiles} />
          <Template client={client} compare />
        </>
      )}

      {phase === 'stopped' && problem !== null && (
        <>
          <Notice
            tone="bad"
            title={t(problem.code === 'file_missing' ? 'job.notArrived' : isFileFault(problem) ? 'job.unusable' : 'item.stopped')}
            actions={
              isFileFault(problem) ? undefined : (
                <button type="button" className="bi-button" onClick={() => actions.check()}>
                  <Icon name="retry" />
                  {t('action.tryAgain')}
                </button>
              )
            }
          >
            {problem.code === 'file_missing' ? <p>{t('job.notArrived.text')}</p> : <FileFault problem={problem} kind={kind} />}
          </Notice>
          <HeaderHelp problem={problem} client={client} />
          {(isFileFault(problem) || problem.code === 'file_missing') && (
            <FilePicker compact={isFileFault(problem)} corrected={isFileFault(problem)} onFiles={onFiles} />
          )}
        </>
      )}

      {phase !== 'stopped' && (
        <OptionsForm options={options} kind={kind} wrong={unfit === null ? null : wrongOption(unfit, options)} onChange={onOptions} />
      )}

      <div className="bi-actions">
        {phase !== 'stopped' && (
          <button type="button" className="bi-button bi-primary" disabled={!startable} onClick={actions.start}>
            {exact ? t('dialog.startRows', { count: check.outcomes.successful }) : t('dialog.start')}
          </button>
        )}
        {phase === 'ready' && stale && (
          <button type="button" className="bi-button" onClick={() => actions.check()}>
            <Icon name="retry" />
            {t('dialog.recheck')}
          </button>
        )}
        {phase !== 'starting' && <DiscardButton busy={review.discarding} onDiscard={actions.discard} />}
      </div>
    </div>
  );
}
