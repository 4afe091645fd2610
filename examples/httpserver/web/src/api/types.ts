// The answers of the server, as docs/server.md describes them. A field that older
// servers leave out is optional here: the page does without it.

export type JobStatusName =
  | 'pending_upload'
  | 'queued'
  | 'processing'
  | 'completed'
  | 'completed_with_errors'
  | 'failed'
  | 'cancelled';

export const statusNames: readonly JobStatusName[] = [
  'pending_upload',
  'queued',
  'processing',
  'completed',
  'completed_with_errors',
  'failed',
  'cancelled',
];

/** Tells whether an import of this status has come to its end. */
export function hasEnded(status: JobStatusName): boolean {
  return status === 'completed' || status === 'completed_with_errors' || status === 'failed' || status === 'cancelled';
}

export interface Progress {
  total_rows: number;
  processed_rows: number;
  successful: number;
  duplicates: number;
  errors: number;
  /** 0 to 100; it never goes back. */
  percentage: number;
}

export interface Quality {
  count: number;
  sum: number;
  mean: number;
  /** How many products have a score of this band, such as "20-39". */
  bands: Record<string, number>;
}

export interface RowError {
  row_number: number;
  barcode: string;
  name: string;
  /** The code of each error of the row, joined by semicolons. */
  error_code: string;
  error_message: string;
}

export interface Warning {
  code: string;
  column: string;
  message: string;
  count: number;
  rows: number[];
}

export interface CodeCount {
  code: string;
  count: number;
}

export interface ImportOptions {
  skip_duplicates: boolean;
  barcode_conflict: 'duplicate' | 'distinct';
  auto_verify: boolean;
  process_images: boolean;
  default_region: string;
  notification_email: string;
}

/** What became of rows of stock. */
export interface InventoryCounts {
  /** Products that the catalogue did not have. */
  created: number;
  /** Rows of products that it had. */
  matched: number;
  /** Rows that replaced what the store had of a product. */
  updated: number;
}

/** An import, as lists show it. */
export interface Job {
  job_id: string;
  job_type: string;
  status: JobStatusName;
  filename: string;
  created_by: string;
  store_id?: string;
  batch_id?: string;
  progress: Progress;
  duplicates_by_tier: Record<string, number>;
  images: { processed: number; failed: number; reused: number };
  inventory?: InventoryCounts | null;
  quality: Quality;
  timestamps: {
    created_at: string;
    started_at: string | null;
    estimated_completion: string | null;
    completed_at: string | null;
  };
  completed_at: string | null;
  warnings: Warning[];
  options: ImportOptions;
  failure: { code: string; message: string } | null;
  error_codes?: CodeCount[];
}

/** Tells whether a job became an import, rather than a file that was taken away again. */
export function wasStarted({ status, timestamps }: Job): boolean {
  return status !== 'pending_upload' && (status !== 'cancelled' || timestamps.started_at !== null);
}

/** An import, as its status shows it. */
export interface JobStatus extends Job {
  error_report_url: string | null;
  results_url: string | null;
  recent_errors: RowError[];
  /** Who did what, oldest first. */
  audit?: { at: string; by: string; action: string; detail: string }[];
}

export interface JobPage {
  jobs: Job[];
  next_cursor: string | null;
}

export interface Multipart {
  part_size: number;
  parts: { part_number: number; url: string }[];
}

export interface Upload {
  job_id: string;
  upload_url: string;
  upload_headers?: Record<string, string>;
  multipart?: Multipart;
  expires_in: number;
}

export interface Column {
  position: number;
  header: string;
  /** What the import takes it for; empty where it does not know it. */
  column: string;
  status: 'recognised' | 'unknown' | 'repeated';
  samples: string[];
}

/** What a dry run found. */
export interface Validation {
  rows_checked: number;
  /** Whether every row of the file was checked. */
  complete: boolean;
  estimated_rows: number;
  columns: Column[];
  outcomes: { successful: number; duplicates: number; errors: number };
  duplicates_by_tier: Record<string, number>;
  error_codes: CodeCount[];
  errors: RowError[];
  warnings: Warning[];
  quality: Quality;
  /** How the import would fail behind these rows. */
  failure?: { code: string; message: string } | null;
}

/** Tells whether a file is known to have no rows. */
export function hasNoRows(check: Validation | null): boolean {
  return check !== null && check.complete && check.rows_checked === 0;
}

export interface BatchAnswer {
  batch_id: string;
  jobs: { job_id: string; status: JobStatusName | null; error: { code: string; message: string } | null }[];
}

export interface Day {
  /** Of UTC, such as 2026-11-24. */
  date: string;
  jobs: number;
  /** Those that became imports; older servers do not tell. */
  started?: number;
  processed: number;
  successful: number;
  duplicates: number;
  errors: number;
}

export interface Analytics {
  from: string;
  to: string;
  /** Whether there were more imports than were looked at. */
  truncated: boolean;
  jobs: {
    total: number;
    /** Those that became imports; older servers do not tell. */
    started?: number;
    by_status: Partial<Record<JobStatusName, number>>;
  };
  rows: { processed: number; successful: number; duplicates: number; errors: number };
  days: Day[];
  error_codes: CodeCount[];
  duplicates_by_tier: Record<string, number>;
  quality: Quality;
  images: { processed: number; failed: number; reused: number };
  rows_per_second: number;
  /** Of stock, where the imports of a list were summed up. */
  inventory?: InventoryCounts;
}
