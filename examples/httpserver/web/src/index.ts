// What other React applications may use. Load the styles beside it:
//
//   import { AdminGlobalImportDialog } from '@vyapaarai/bulkimport-web';
//   import '@vyapaarai/bulkimport-web/style.css';

import './styles/index.css';

export { AdminGlobalImportDialog, type AdminGlobalImportDialogProps } from './dialog/AdminGlobalImportDialog';
export type { GetToken } from './api/client';
export type { ImportOptions, Job, JobStatus, JobStatusName, Progress, Quality, RowError, Warning } from './api/types';
export type { Kind } from './kind';
export type { Locale } from './i18n/i18n';
