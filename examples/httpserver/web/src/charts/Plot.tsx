import { useId, type ReactNode } from 'react';

/** A plot with its title. */
export function Plot({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  const id = useId();

  return (
    <section className="bi-plot" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {hint !== undefined && <p className="bi-hint">{hint}</p>}
      {children}
    </section>
  );
}
