import { useRef, type ReactNode } from 'react';
import { hasNoRows } from '../api/types';
import { useI18n, type I18n } from '../i18n/i18n';
import type { Item } from '../importing/queue';
import type { Kind } from '../kind';
import { outcomeText } from '../ui/outcomeText';

export interface SummaryProps {
  items: readonly Item[];
  kind: Kind;
  /** Shows the card of an item. */
  onShow: (key: string) => void;
}

/**
 * How several files stand, in one line above their cards. What somebody has to look at
 * leads there, one card after the other.
 */
export function Summary({ items, kind, onShow }: SummaryProps) {
  const texts = useI18n();
  const { t } = texts;
  const count = (...phases: readonly Item['phase'][]) => items.filter(({ phase }) => phases.includes(phase)).length;
  const refused = items.filter(isRefused);
  const unseen = items.filter(({ phase }) => phase === 'unseen');
  const failed = items.filter(({ phase, job }) => phase === 'ended' && job?.status === 'failed');
  const wrong = items.filter(hasErrors);
  const ready = items.filter((item) => item.phase === 'ready' && !isRefused(item)).length;
  const onTheWay = count('waiting', 'uploading', 'checking');
  const running = count('starting', 'running');

  const jump = (name: string, to: readonly Item[]) => <Jump keys={to.map(({ key }) => key)} name={name} onShow={onShow} />;
  const parts: [string, ReactNode, boolean][] = [
    ['onTheWay', t('summary.onTheWay', { count: onTheWay }), onTheWay > 0],
    ['ready', t('summary.ready', { count: ready }), ready > 0],
    ['running', t('summary.running', { count: running }), running > 0],
    ['ended', endedText(texts, kind, items), count('ended') > failed.length],
    ['failed', jump(t('summary.failed', { count: failed.length }), failed), failed.length > 0],
    ['refused', jump(t('summary.refused', { count: refused.length }), refused), refused.length > 0],
    ['unseen', jump(t('summary.unseen', { count: unseen.length }), unseen), unseen.length > 0],
    ['wrong', jump(t('summary.wrong', { count: wrong.length }), wrong), wrong.length > 0],
  ];

  return (
    <ul className="bi-dialog-sum" aria-label={t('summary.label', { count: items.length })}>
      {parts.map(([name, text, shown]) => shown && <li key={name}>{text}</li>)}
    </ul>
  );
}

/** Leads to one card after the other, as often as it is pressed. */
function Jump({ keys, name, onShow }: { keys: readonly string[]; name: string; onShow: (key: string) => void }) {
  const last = useRef('');

  return (
    <button
      type="button"
      className="bi-link"
      onClick={() => {
        last.current = keys[(keys.indexOf(last.current) + 1) % keys.length]!;
        onShow(last.current);
      }}
    >
      {name}
    </button>
  );
}

function isRefused({ phase, check }: Item): boolean {
  return phase === 'stopped' || (phase === 'ready' && hasNoRows(check));
}

function hasErrors({ phase, check, job }: Item): boolean {
  return (phase === 'ready' && (check?.outcomes.errors ?? 0) > 0) || (phase === 'ended' && (job?.progress.errors ?? 0) > 0);
}

/** Sums up the imports that have come to their end without failing. */
function endedText(texts: I18n, kind: Kind, items: readonly Item[]): string {
  const jobs = items.flatMap(({ phase, job }) => (phase === 'ended' && job !== null && job.status !== 'failed' ? [job] : []));
  const sum = (name: 'successful' | 'duplicates' | 'errors') => jobs.reduce((n, { progress }) => n + progress[name], 0);
  const outcome = outcomeText(texts, kind, { successful: sum('successful'), duplicates: sum('duplicates'), errors: sum('errors') });

  return texts.t('summary.ended', { count: jobs.length, outcome });
}
