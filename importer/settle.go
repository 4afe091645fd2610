package importer

import "context"

// settle brings a job that is to be cancelled into a state that its ledger
// accounts for. A run that crashed may have written products of chunks behind the
// checkpoint: those chunks are still imported, and nothing after them.
func (r *run) settle(ctx context.Context) error {
	chunks, err := r.openChunks(ctx)
	if err != nil {
		return err
	}
	defer chunks.close()

	// As many chunks as a run can have applied without a commit: one handed from
	// the apply stage to the commit stage, one in each. The rest is margin for a
	// change of the chunk size between two runs.
	lookAhead := r.worker.opts.ChunksAhead + 3

	// Chunks with images are smaller; the run that crashed may have been one without.
	rowsAhead := lookAhead * r.worker.opts.ChunkRows

	var ahead []*Chunk

	rows, touched := 0, 0

	for len(ahead) < lookAhead || rows < rowsAhead {
		chunk, err := chunks.next(ctx)
		if err != nil {
			return err
		}

		ahead = append(ahead, chunk)
		rows += len(chunk.Rows)

		did, err := r.session.Touched(ctx, chunk)
		if err != nil {
			return err
		}

		if did {
			touched = len(ahead)
		}

		if chunk.last {
			break
		}
	}

	for _, chunk := range ahead[:touched] {
		if err := r.prepare(ctx, chunk); err != nil {
			return err
		}

		if err := r.apply(ctx, chunk); err != nil {
			return err
		}

		if err := r.commit(ctx, chunk); err != nil {
			return err
		}
	}

	return nil
}
