export interface Segment {
  kind: 'good' | 'dup' | 'bad' | 'plain';
  value: number;
}

/**
 * A bar of segments side by side; what they leave of the whole stays empty. It is a
 * drawing, so that no width has to stand in a style. What it shows is for its
 * neighbours to say.
 */
export function Segments({ segments, whole }: { segments: readonly Segment[]; whole: number }) {
  let at = 0;

  return (
    <svg className="bi-segments" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className="bi-fill-track" width="1000" height="10" />
      {segments.map(({ kind, value }) => {
        // One row in a million is seen nevertheless.
        const width = value > 0 && whole > 0 ? Math.min(Math.max((value / whole) * 1000, 4), 1000 - at) : 0;
        const x = at;
        at += width;

        return <rect key={kind} className={`bi-fill-${kind}`} x={x} width={width} height="10" />;
      })}
    </svg>
  );
}
