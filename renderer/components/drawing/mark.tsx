import './drawing.css';

/** The mark: one bent line (ramp, then water line) with a hull on it. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2.2 12.4 10.9 18.3C11.9 19 12.9 19.3 14 19.3H21.8" fill="none" stroke="currentColor" strokeWidth="2.1" strokeLinecap="round" />
      <path
        className="mark__hull"
        transform="translate(10.3 12.7) rotate(34)"
        d="M-7.4 -6C-3 -5.5 3.4 -5.6 8.6 -6.6C7.9 -2.6 6 -.5 2.8 -.5H-3.4C-6.1 -.5 -7.3 -2.4 -7.4 -6Z"
      />
    </svg>
  );
}
