// Another application that has the dialog of imports in it: as small as it can be,
// and what the tests hold the package to.

import { AdminGlobalImportDialog, type JobStatus } from '@vyapaarai/bulkimport-web';
import '@vyapaarai/bulkimport-web/style.css';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Application() {
  const [open, setOpen] = useState(false);
  const [last, setLast] = useState<JobStatus | null>(null);

  return (
    <main>
      <h1>Another application</h1>
      <button type="button" onClick={() => setOpen(true)}>
        Import products
      </button>
      {last !== null && <p>{`${last.filename}: ${last.progress.successful} imported`}</p>}
      {open && (
        <AdminGlobalImportDialog
          getToken={() => sessionStorage.getItem('token') ?? ''}
          locale="hi"
          initialOptions={{ process_images: false }}
          onCompleted={setLast}
          onClose={() => setOpen(false)}
        />
      )}
    </main>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Application />
  </StrictMode>,
);
