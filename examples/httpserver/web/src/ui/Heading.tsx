import { createContext, useContext, type ReactNode } from 'react';

const Level = createContext<2 | 4>(4);

/** Says how deep the headings of what is inside are: it stands in a page, or in a dialog. */
export const HeadingLevel = Level.Provider;

/** A heading of a part that stands at different depths. */
export function Heading({ children }: { children: ReactNode }) {
  const Tag = `h${useContext(Level)}` as const;

  return <Tag className="bi-subhead">{children}</Tag>;
}
