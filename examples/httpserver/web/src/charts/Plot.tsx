import { useId, type ReactNode } from 'react';

export interface PlotProps {
  title: string;
  hint?: string;
  /** What of it is shown, to choose. */
  choice?: ReactNode;
  children: ReactNode;
}

/** A plot with its title. */
export function Plot({ title, hint, choice, children }: PlotProps) {
  const id = useId();

  return (
    <section className="bi-plot" aria-labelledby={id}>
      <div className="bi-plot-head">
        <h2 id={id}>{title}</h2>
        {choice}
      </div>
      {hint !== undefined && <p className="bi-hint">{hint}</p>}
      {children}
    </section>
  );
}
