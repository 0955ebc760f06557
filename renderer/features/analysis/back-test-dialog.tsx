import type { ReactNode } from 'react'
import type { BackTestView, TriedView } from '#contract/back-test-views.ts'
import type { RolloutKey } from '#contract/views.ts'
import { sumLines, triedCount } from '../../format/back-test-words.ts'
import { failureWords } from '../../format/failure-words.ts'
import { closeOverlay } from '../../store/app.ts'
import { useApp, useRollout, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { BackTestAnalyses, BackTestReleases } from './back-test-releases.tsx'
import { type BackTest, useBackTest } from './use-back-test.ts'
import './back-test.css'

/** What the analyses of a rollout would have said of its past releases, before they may block one (W6). */
export function BackTestDialog({ rolloutKey }: { readonly rolloutKey: RolloutKey }) {
  const text = useText()
  const view = useRollout(rolloutKey)
  const backTest = useBackTest(rolloutKey)
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name="history" />
        </span>
        <h2>{text('backTest.title', { app: view?.name ?? '' })}</h2>
        {view !== undefined && <span className="chip cut">{view.context}</span>}
        <p className="dim">{text('backTest.means')}</p>
      </header>
      <div className="dialog-body scroll" tabIndex={0} role="region" aria-label={text('overlay.backTest')}>
        <Content backTest={backTest} />
      </div>
      <Foot backTest={backTest} />
    </>
  )
}

function Content({ backTest }: { readonly backTest: BackTest }) {
  const text = useText()
  const { view } = backTest
  if (view === undefined)
    return (
      <Line>
        <span className="faint">{text(backTest.stopped ? 'backTest.stopped' : 'backTest.begins')}</span>
      </Line>
    )
  switch (view.state) {
    case 'impossible':
      return <Impossible because={view.because} />
    case 'failed':
      return (
        <Line>
          <span className="ink-degraded">{failureWords(text, view.failure)}</span>
        </Line>
      )
    case 'running':
    case 'done':
    case 'outOfTime':
      return <Tried view={view} stopped={backTest.stopped} />
  }
}

const Line = ({ children }: { readonly children: ReactNode }) => (
  <p className="dialog-line" role="status">
    {children}
  </p>
)

type Because = (BackTestView & { readonly state: 'impossible' })['because']

function Impossible({ because }: { readonly because: Because }) {
  const text = useText()
  return (
    <Message icon="history" title={text(`backTest.${because}`)}>
      {because !== 'gone' && <p>{text(`backTest.${because}.do`)}</p>}
    </Message>
  )
}

function Tried({ view, stopped }: { readonly view: TriedView; readonly stopped: boolean }) {
  const text = useText()
  const tryable = view.analyses.some(({ problem }) => problem === undefined)
  const [first, ...others] = sumLines(text, view.sum)
  return (
    <>
      {tryable && <Progress view={view} stopped={stopped} />}
      <div className="back-test-sum">
        {first !== undefined && <p className="back-test-rate">{first}</p>}
        {!tryable && <p className="back-test-rate">{text('backTest.noneTryable')}</p>}
        {others.length > 0 && <p className="dim">{others.join(' ')}</p>}
        <BackTestAnalyses analyses={view.analyses} />
      </div>
      {tryable && <BackTestReleases view={view} stopped={stopped} />}
      <p className="faint small back-test-how">{text('backTest.how')}</p>
    </>
  )
}

/** How far it is, or why it has come no farther; nothing for one that has come to its end. */
function Progress({ view, stopped }: { readonly view: TriedView; readonly stopped: boolean }) {
  const text = useText()
  const count = view.releases.length
  const done = triedCount(view)
  if (view.state === 'done') return null
  const going = view.state === 'running' && !stopped
  const words = going
    ? text('backTest.going', { at: Math.min(done + 1, count), count })
    : text(stopped ? 'backTest.stoppedAt' : 'backTest.outOfTime', { done, count })
  return (
    <div className="back-test-progress">
      <p className={going ? 'dim' : 'ink-paused'} role="status">
        {words}
      </p>
      {going && (
        <span className="back-test-bar">
          <i style={{ width: `${(100 * done) / count}%` }} />
        </span>
      )}
    </div>
  )
}

function Foot({ backTest: { view, going, stop, again } }: { readonly backTest: BackTest }) {
  const app = useApp()
  const text = useText()
  const canRepeat = !going && view?.state !== 'impossible'
  return (
    <footer className="dialog-foot">
      <span className="space" />
      {going && <Button icon="x" label={text('backTest.stop')} onPress={stop} />}
      {canRepeat && <Button icon="retry" label={text('backTest.again')} onPress={again} />}
      <Button label={text('dialog.close')} hint="Esc" onPress={() => closeOverlay(app)} />
    </footer>
  )
}
