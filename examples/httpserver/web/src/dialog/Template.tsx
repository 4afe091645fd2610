import { useState } from 'react';
import type { Client } from '../api/client';
import { offline, Problem } from '../api/problem';
import { useI18n } from '../i18n/i18n';
import { save } from '../job/save';
import { Icon } from '../ui/Icon';
import { problemText } from '../ui/ProblemText';

/** Offers a file with every column, to fill in, or to compare a file with. */
export function Template({ client, compare = false }: { client: Client; compare?: boolean }) {
  const texts = useI18n();
  const { t } = texts;
  const [problem, setProblem] = useState<Problem | null>(null);

  const download = async () => {
    setProblem(null);

    try {
      const address = URL.createObjectURL(await client.template());
      save(address, 'template.csv');
      // The browser reads it after this returns.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      setProblem(error instanceof Problem ? error : offline());
    }
  };

  return (
    <p className="bi-template">
      {t(compare ? 'template.compare' : 'template.text')}
      <button type="button" className="bi-link" onClick={() => void download()}>
        <Icon name="download" />
        {t('template.download')}
      </button>
      {problem !== null && (
        <span role="alert" className="bi-refused">
          {problemText(texts, problem)}
        </span>
      )}
    </p>
  );
}
