import { useI18n } from '../i18n/i18n';
import { findingLang, findingText, sentenceOf } from './ProblemText';

export interface FindingProps {
  /** Of a row with several, their codes joined by semicolons. */
  code: string;
  /** The sentence of the server. */
  message: string;
  /** Whether that sentence always says more than the code, such as which cell it is. */
  exact?: boolean;
  /** The name of the column it is in, where the words of the page are to name it. */
  column?: string;
}

/** What was found in a row or a file: in the language of the page, and below that exactly. */
export function Finding({ code, message, exact = false, column = '' }: FindingProps) {
  const texts = useI18n();
  const sentence = sentenceOf(texts, code, message, exact);
  const text = findingText(texts, code, message);

  return (
    <>
      <span lang={findingLang(texts, code)}>{sentence !== null && column !== '' ? `${column}: ${text}` : text}</span>
      <Sentence text={sentence} />
    </>
  );
}

/** A sentence of the server, in English, below the words that stand for it. */
export function Sentence({ text }: { text: string | null }) {
  return text === null ? null : (
    <small className="bi-sentence" lang="en">
      {text}
    </small>
  );
}
