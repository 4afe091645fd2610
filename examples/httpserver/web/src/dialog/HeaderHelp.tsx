import type { Client } from '../api/client';
import type { Problem } from '../api/problem';
import { Columns } from './Columns';
import { Template } from './Template';

/** How the columns of a file are understood that cannot be imported because of them, and a file that has them all. */
export function HeaderHelp({ problem, client }: { problem: Problem; client: Client }) {
  if (problem.header === null) {
    return null;
  }

  return (
    <>
      <Columns columns={problem.header.columns} open />
      <Template client={client} compare />
    </>
  );
}
