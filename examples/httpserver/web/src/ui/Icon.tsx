// The icons of the page, drawn on a grid of 20. They say nothing that a text beside
// them does not, so they are hidden from screen readers.

const paths = {
  upload: 'M10 13V4m0 0L6.5 7.5M10 4l3.5 3.5M4 13v2.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V13',
  download: 'M10 4v9m0 0 3.5-3.5M10 13 6.5 9.5M4 13v2.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V13',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  cross: 'm5.5 5.5 9 9m0-9-9 9',
  alert: 'M10 6.5v4.2m0 2.8v.01M10 2.8l7.5 13.4h-15z',
  info: 'M10 9.2v4.6m0-7.4v.01M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15z',
  clock: 'M10 6v4l2.7 1.8M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15z',
  retry: 'M16 10a6 6 0 1 1-1.8-4.3M16 3.5V7h-3.5',
  sun: 'M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10 2.5v1.6m0 11.8v1.6M2.5 10h1.6m11.8 0h1.6M4.7 4.7l1.1 1.1m8.4 8.4 1.1 1.1m0-10.6-1.1 1.1m-8.4 8.4-1.1 1.1',
  moon: 'M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3z',
  file: 'M11.5 2.8H6A1.5 1.5 0 0 0 4.500 4.300v11.400A1.500 1.500 0 0 0 6 17.200h8a1.500 1.500 0 0 0 1.500-1.500V6.800zm0 0v4h4M7.500 10.500h5m-5 3h3',
  chevron: 'm7.500 4.500 5.500 5.500-5.500 5.500',
  back: 'm12.500 4.500-5.500 5.500 5.500 5.500',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="bi-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
