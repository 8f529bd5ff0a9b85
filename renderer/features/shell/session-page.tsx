import { Mark } from '../../components/drawing/mark.tsx';
import { text } from './text.ts';

/** The web shell without a session: what to do, since nothing else can be done here. */
export function SessionPage({ isLost }: { isLost: boolean }) {
  return (
    <main className="session-page">
      <Mark size={40} />
      <h1>{isLost ? text.session.lost : text.session.none}</h1>
      <p>{isLost ? text.session.lostBody : text.session.noneBody}</p>
      <ol>
        {text.session.steps.map((step, index) => (
          <li key={step}>
            <span className="numbers">{index + 1}</span>
            <div>
              {step} {index === 1 && <code className="selectable">{text.session.command}</code>}
            </div>
          </li>
        ))}
      </ol>
    </main>
  );
}
