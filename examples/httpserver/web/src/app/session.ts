// Who is signed in. The token lives in the session of this tab, so that a reload
// keeps it and the end of the tab ends it.

const storageKey = 'bulkimport.token';

// No date is later than this, in seconds since 1970.
const latest = 8.64e12;

/** What the page reads of a token, to show it: the server alone decides what it is good for. */
export interface Claims {
  user: string;
  email: string;
  role: string;
  storeID: string;
  /** When it ends, in milliseconds since 1970; null where it does not say. */
  expires: number | null;
}

/** Tells whether a text has the form of a token: three parts of base64url. */
export function isToken(text: string): boolean {
  return text.length < 16_384 && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** Returns what a token says of its user; null where it says nothing that can be read. */
export function claimsOf(token: string): Claims | null {
  try {
    const payload = token.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));

    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      return null;
    }

    const fields = parsed as Record<string, unknown>;
    const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
    const exp = fields['exp'];

    return {
      user: text('user_id') || text('sub'),
      email: text('email'),
      role: text('role'),
      storeID: text('store_id'),
      expires: typeof exp === 'number' && Math.abs(exp) < latest ? exp * 1000 : null,
    };
  } catch {
    return null;
  }
}

/**
 * Takes the token out of the address, before anything else can see it there: out of
 * the address bar and this entry of the history. Returns null where there is none, and an
 * empty string where what is there is not a whole token.
 */
export function takeToken(): string | null {
  const values = new URLSearchParams(location.hash.slice(1));
  const token = values.get('token');

  if (token === null) {
    return null;
  }

  history.replaceState(null, '', location.pathname + location.search);

  return isToken(token) ? token : '';
}

/** Returns the token of this tab, or an empty string. */
export function storedToken(): string {
  try {
    return sessionStorage.getItem(storageKey) ?? '';
  } catch {
    // Storage is forbidden: the token lives as long as the page.
    return '';
  }
}

/** Keeps the token of this tab; an empty one is forgotten. */
export function storeToken(token: string): void {
  try {
    if (token === '') {
      sessionStorage.removeItem(storageKey);
    } else {
      sessionStorage.setItem(storageKey, token);
    }
  } catch {
    // As above.
  }
}
