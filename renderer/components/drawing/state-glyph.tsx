import './drawing.css';

export type GlyphShape = 'running' | 'healthy' | 'unhealthy' | 'restarting' | 'working' | 'paused' | 'exited' | 'failed' | 'created';

/** A state by its own outline, so that it reads without colour. The word stands beside it; the glyph itself is silent. */
export function StateGlyph({ shape, size = 14 }: { shape: GlyphShape; size?: number }) {
  return (
    <svg className={`glyph glyph--${shape}`} width={size} height={size} viewBox="0 0 14 14" fill="none" aria-hidden="true">
      {outlines[shape]}
    </svg>
  );
}

const tick = 'M4.3 7.2 6.2 9.1 9.8 5.2';

const outlines: Record<GlyphShape, React.ReactNode> = {
  running: <circle cx="7" cy="7" r="4" fill="currentColor" />,
  healthy: (
    <>
      <circle cx="7" cy="7" r="6" fill="currentColor" />
      <path d={tick} stroke="var(--bg-1)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  unhealthy: (
    <>
      <path d="M7 1.4 13.2 12.2H.8Z" fill="currentColor" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
      <path d="M7 5.2V8.4M7 10.4v.1" stroke="var(--bg-1)" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  restarting: <path d="M12 7.2a5 5 0 1 1-1.7-3.9M12.2 1.2v3.2H9" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />,
  working: (
    <>
      <circle cx="7" cy="7" r="5.2" stroke="var(--ac-line)" strokeWidth="1.6" />
      <path d="M7 1.8A5.2 5.2 0 0 1 12.2 7" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  paused: (
    <>
      <circle cx="7" cy="7" r="5.3" stroke="currentColor" strokeWidth="1.3" />
      <path d="M5.6 5v4M8.4 5v4" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  exited: <circle cx="7" cy="7" r="3.9" stroke="currentColor" strokeWidth="1.4" />,
  failed: (
    <>
      <circle cx="7" cy="7" r="5.4" stroke="currentColor" strokeWidth="1.4" />
      <path d="m5.1 5.1 3.8 3.8m0-3.8L5.1 8.9" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
  created: <circle cx="7" cy="7" r="4.8" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.77" />,
};
