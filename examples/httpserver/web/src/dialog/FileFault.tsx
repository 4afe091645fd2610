import type { Problem } from '../api/problem';
import { useI18n } from '../i18n/i18n';
import type { Kind } from '../kind';
import { Sentence } from '../ui/Finding';
import { sentenceOf } from '../ui/ProblemText';
import { headerText, namesColumns } from './headerText';

/** Why a file cannot be imported. */
export function FileFault({ problem, kind }: { problem: Problem; kind: Kind }) {
  const texts = useI18n();

  return (
    <p>
      {headerText(texts, problem, kind)}
      <Sentence text={namesColumns(problem) ? null : sentenceOf(texts, problem.code, problem.message)} />
    </p>
  );
}
