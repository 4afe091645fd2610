import { useEffect, useRef, useState } from 'react';
import { useI18n, type I18n } from '../i18n/i18n';
import type { Item } from '../importing/queue';
import { isDiscarded } from '../job/resume';
import type { Kind } from '../kind';
import { outcomeText } from '../ui/outcomeText';

/**
 * Tells screen readers how the imports go: each step once, and of long steps each
 * quarter. What changes every second is for the eyes.
 */
export function Announcer({ items, kind }: { items: readonly Item[]; kind: Kind }) {
  const texts = useI18n();
  const [text, setText] = useState('');
  const said = useRef(new Map<string, string>());

  useEffect(() => {
    const news = items.flatMap((item) => {
      const now = milestone(item, kind, texts);

      if (now === '' || said.current.get(item.key) === now) {
        return [];
      }

      said.current.set(item.key, now);

      return [now];
    });

    if (news.length > 0) {
      setText(news.join(' '));
    }
  }, [items, kind, texts]);

  return (
    <p className="bi-unseen" role="status">
      {text}
    </p>
  );
}

function milestone(
  { phase, name, sent, size, job, check, trouble, cancelTrouble, misfit }: Item,
  kind: Kind,
  texts: I18n,
): string {
  const { t } = texts;
  const file = job?.filename ?? name;

  if (cancelTrouble !== null) {
    return t(cancelTrouble.retryAt === null ? 'say.cancelRefused' : 'say.cancelTrouble', { file });
  }

  if (trouble !== null) {
    // Where a person has to act, what they have to do stands in front of them.
    return trouble.retryAt === null ? '' : t('say.trouble', { file });
  }

  if (misfit !== null) {
    return t('say.misfit', { file });
  }

  switch (phase) {
    case 'uploading':
      return t('say.uploading', { file, percent: quarter(sent, size) });
    case 'ready':
      return check === null
        ? t('say.readyUnchecked', { file })
        : t('say.ready', { file, outcome: outcomeText(texts, kind, check.outcomes) });
    case 'running':
      return t('say.running', { file, percent: quarter(job?.progress.percentage ?? 0, 100) });
    case 'ended':
      return job === null ? '' : t('say.ended', { file, status: t(isDiscarded(job) ? 'status.discarded' : `status.${job.status}`) });
    case 'unseen':
      return t('say.unseen', { file });
    case 'stopped':
      return t('say.stopped', { file });
    default:
      return '';
  }
}

function quarter(done: number, all: number): number {
  return all > 0 ? Math.floor((done / all) * 4) * 25 : 0;
}
