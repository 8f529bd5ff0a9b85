import './drawing.css';

export interface RampProps {
  width: number;
  /** How many sleepers; none for a drawing without steps. */
  steps?: number;
  /** Sleepers that the hull has passed. */
  done?: number;
  /** `adrift`: it floated, and failed there. */
  hull: 'moving' | 'failed' | 'floating' | 'adrift' | 'empty';
}

const hullLength = 86;

/**
 * The ramp on which the hull goes down to the water, one sleeper a step. It carries progress that runs in steps and the
 * emptiness before it, and decorates nothing else. The steps are told in words beside it, so it is silent.
 */
export function Ramp({ width, steps = 0, done = 0, hull }: RampProps) {
  const end = width === 720 ? 524 : width * 0.698;
  const drop = width === 720 ? 102 : width * 0.12;
  const top = 26;
  const slope = drop / (end - 3);
  const degrees = (Math.atan(slope) * 180) / Math.PI;
  const water = top + drop;
  const yAt = (x: number): number => top + (x - 3) * slope;
  const sleeperX = (index: number): number => (steps < 2 ? end / 2 : 108.5 + (index * (end - 142)) / (steps - 1));

  const at = hull === 'empty' ? 26 : sleeperX(Math.min(done, Math.max(0, steps - 1))) - hullLength + (hull === 'failed' ? 13 : 2);
  const hullTransform =
    hull === 'floating' || hull === 'adrift' ? `translate(${end + (width - end) / 2 - hullLength / 2}px, ${water + 6}px)` : `translate(${at}px, ${yAt(at) - 2}px) rotate(${degrees}deg)`;

  return (
    <svg className="ramp" width={width} height={water + 26} viewBox={`0 0 ${width} ${water + 26}`} fill="none" aria-hidden="true">
      <path className="ramp__slope" d={`M3 ${top}L${end} ${water}`} />
      <path className="ramp__under" strokeDasharray="3 5" d={`M${end + 7} ${water + 2}l${50} ${50 * slope}`} />
      <path className="ramp__under" d={`M${end + (width - end) * 0.4} ${water + 10}h${(width - end) * 0.44}M${end + (width - end) * 0.57} ${water + 20}h${(width - end) * 0.12}`} />
      {Array.from({ length: steps }, (_, index) => {
        const x = sleeperX(index);
        const state = index < done ? 'done' : hull === 'failed' && index === done ? 'failed' : 'waiting';
        return <path key={index} className={`ramp__sleeper ramp__sleeper--${state}`} d={`M${x} ${yAt(x) + 6}l${-9 * slope} 8.8`} />;
      })}
      <path className={`ramp__hull ramp__hull--${hull}`} style={{ transform: hullTransform }} d="M0 -20C28 -17 58 -17 86 -21.5C81 -8 74 0 62 0H15C4 0 0 -7 0 -20Z" />
      <path className="ramp__water" d={`M${end} ${water}H${width - 3}`} />
    </svg>
  );
}
