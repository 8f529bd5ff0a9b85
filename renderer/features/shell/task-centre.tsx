import { ListChecks, X } from 'lucide-react';
import { Button, IconButton } from '../../components/controls/button.tsx';
import { Progress } from '../../components/drawing/progress.tsx';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { Popover } from '../../components/overlay/popover.tsx';
import { formatBytes, formatBytesOf } from '../../format/bytes.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { dismissEnded, dismissTask, useTasks, type Task } from '../../stores/window/tasks.ts';
import { formatRoute } from '../../stores/window/navigation.ts';

const shapes: Record<Task['status'], GlyphShape> = { running: 'working', done: 'healthy', failed: 'failed', cancelled: 'exited' };

/** Work under way and what became of it, on every page. Not there while nothing was ever begun. */
export function TaskCentre() {
  const tasks = useTasks((state) => state.tasks);
  if (tasks.length === 0) return null;
  const running = tasks.filter(({ status }) => status === 'running').length;
  const failed = tasks.some(({ status }) => status === 'failed');
  const name = running > 0 ? t('shell:tasks.running', { count: running }) : t('shell:tasks.title');
  return (
    <Popover
      label={t('shell:tasks.title')}
      trigger={
        <Button kind="quiet" icon={running > 0 || failed ? <StateGlyph shape={running > 0 ? 'working' : 'failed'} /> : <ListChecks size={14} strokeWidth={1.75} aria-hidden="true" />}>
          {name}
        </Button>
      }
    >
      <div className="tasks__head">
        <h2>{t('shell:tasks.title')}</h2>
        {tasks.length > running && (
          <Button kind="quiet" size="small" onClick={dismissEnded}>
            {t('shell:tasks.clear')}
          </Button>
        )}
      </div>
      <ul className="tasks">
        {tasks.toReversed().map((task) => (
          <TaskLine key={task.key} task={task} />
        ))}
      </ul>
    </Popover>
  );
}

function TaskLine({ task }: { task: Task }) {
  const { key, kind, subject, status, done, total, note, failure, cancel, route } = task;
  const title = t(`shell:tasks.kinds.${kind}`, { subject });
  const figures = done === undefined ? '' : total === undefined ? formatBytes(done) : formatBytesOf(done, total);
  return (
    <li className="task">
      <StateGlyph shape={shapes[status]} />
      <div className="task__words isolated">
        <a href={formatRoute(route)}>{title}</a>
        {status === 'running' && <Progress label={title} fraction={done === undefined || total === undefined || total === 0 ? undefined : done / total} text={figures} />}
        <small className="numbers">
          {failure === undefined ? [t(`shell:tasks.status.${status}`), note, figures].filter((word) => word !== '').join(', ') : sentences(failure.message, failure.hint)}
        </small>
      </div>
      {cancel !== undefined && (
        <Button size="small" onClick={cancel}>
          {t('common:cancel')}
        </Button>
      )}
      {status !== 'running' && (
        <IconButton label={t('shell:tasks.dismiss', { name: title })} onClick={() => dismissTask(key)}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      )}
    </li>
  );
}
