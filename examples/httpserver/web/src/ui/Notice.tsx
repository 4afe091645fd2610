import type { ReactNode } from 'react';
import { Icon } from './Icon';

export interface NoticeProps {
  tone: 'info' | 'good' | 'warn' | 'bad';
  title?: string;
  children?: ReactNode;
  /** What can be done about it. */
  actions?: ReactNode;
  /** Whether the actions stand beside the text, where there is room. */
  beside?: boolean;
  /** Whether screen readers are told at once. */
  urgent?: boolean;
}

const icons = { info: 'info', good: 'check', warn: 'alert', bad: 'alert' } as const;

/** A message that stands by itself. */
export function Notice({ tone, title, children, actions, beside, urgent }: NoticeProps) {
  return (
    <div className={`bi-notice bi-notice-${tone}${beside === true ? ' bi-notice-beside' : ''}`} role={urgent === true ? 'alert' : undefined}>
      <Icon name={icons[tone]} />
      <div className="bi-notice-text">
        {title !== undefined && <p className="bi-notice-title">{title}</p>}
        {children}
        {actions !== undefined && actions !== false && <div className="bi-notice-actions">{actions}</div>}
      </div>
    </div>
  );
}
