import type { Options } from '../importing/queue';
import type { Problem } from '../api/problem';

// The options that are written rather than chosen, so that they can be wrong.
const written = ['default_region', 'notification_email'] as const;

export type WrittenOption = (typeof written)[number];

/**
 * Tells whether a text may be an address, as far as is seen without asking: what is left
 * out here the server refuses.
 */
export function mayBeAddress(text: string): boolean {
  return /^[^\s@<>(),;:]+@[^\s@<>(),;:.]+(\.[^\s@<>(),;:.]+)*$/.test(text);
}

/**
 * Returns which of the written options the server does not take, or null where it is
 * another. The server names it in its sentence alone.
 */
export function wrongOption(problem: Problem, options: Options): WrittenOption | null {
  return written.find((name) => options[name] && problem.message.split(/[^a-z_]+/).includes(name)) ?? null;
}
