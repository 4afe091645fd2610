import { useState } from 'react';
import { offline, Problem } from '../api/problem';
import type { JobStatus } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';
import { problemText } from '../ui/ProblemText';
import { save } from './save';

export interface ReportsProps {
  job: JobStatus;
  /** Returns the job as it is now. */
  refreshed: () => Promise<JobStatus>;
}

type Report = 'errors' | 'results';

/** The reports of an import that has ended, to download. */
export function Reports({ job, refreshed }: ReportsProps) {
  const texts = useI18n();
  const { t } = texts;
  const [problem, setProblem] = useState<Problem | null>(null);

  const download = async (report: Report) => {
    setProblem(null);

    try {
      // The addresses are good for an hour, and this page may be older than that.
      const now = await refreshed();
      const address = report === 'errors' ? now.error_report_url : now.results_url;

      if (address === null) {
        throw new Problem(404, 'report_missing', '');
      }

      save(address, `${report}.csv`);
    } catch (error) {
      setProblem(error instanceof Problem ? error : offline());
    }
  };

  return (
    <div className="bi-reports">
      {job.error_report_url !== null && (
        <button type="button" className="bi-button bi-primary" onClick={() => void download('errors')}>
          <Icon name="download" />
          {t('report.errors')}
        </button>
      )}
      {job.results_url !== null && (
        <button type="button" className={`bi-button${job.error_report_url === null ? '' : ' bi-quiet'}`} onClick={() => void download('results')}>
          <Icon name="download" />
          {t('report.results')}
        </button>
      )}
      {problem !== null && (
        <span role="alert" className="bi-refused">
          {problemText(texts, problem)}
        </span>
      )}
    </div>
  );
}
