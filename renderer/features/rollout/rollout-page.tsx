import { useRef } from 'react'
import { parseWorkloadKey } from '#contract/keys.ts'
import type { RolloutDetailView, RolloutKey } from '#contract/views.ts'
import { failureWords } from '../../format/failure-words.ts'
import { useActionKeys } from '../../marks/use-action-keys.ts'
import { type Loaded, useApp, useRolloutDetail, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Message } from '../../ui/message.tsx'
import { Activity } from './activity.tsx'
import { Analysis } from './analysis.tsx'
import { Experiment } from './experiment.tsx'
import { Forecast } from './forecast.tsx'
import { Header } from './header.tsx'
import { Revisions } from './revisions.tsx'
import { Siblings } from './siblings.tsx'
import { Steps } from './steps.tsx'
import { Traffic } from './traffic.tsx'
import { WorkloadPage } from './workload.tsx'
import './rollout.css'

interface RolloutPageProps {
  readonly rolloutKey: RolloutKey | undefined
}

/** One rollout in one cluster: phase, actions, steps, traffic, revisions, events. */
export function RolloutPage({ rolloutKey }: RolloutPageProps) {
  const app = useApp()
  const text = useText()
  const isNative = rolloutKey !== undefined && parseWorkloadKey(rolloutKey) !== undefined
  const loaded = useRolloutDetail(isNative ? undefined : rolloutKey)
  useActionKeys(() => (rolloutKey === undefined ? [] : [rolloutKey]))
  if (isNative) return <WorkloadPage workloadKey={rolloutKey} />
  if (rolloutKey !== undefined && loaded.state === 'there') return <Detail detail={loaded.value} />
  const toFleet = (
    <Button kind="primary" icon="grid" label={text('rollout.toFleet')} onPress={() => app.goTo('#/fleet')} />
  )
  if (rolloutKey === undefined) {
    return (
      <Message icon="route" title={text('rollout.none')} choices={toFleet}>
        <p>{text('rollout.noneWhy')}</p>
      </Message>
    )
  }
  return <Absent loaded={loaded} choices={toFleet} />
}

function Absent({
  loaded,
  choices,
}: {
  readonly loaded: Loaded<RolloutDetailView>
  readonly choices: React.ReactNode
}) {
  const text = useText()
  if (loaded.state === 'loading') return <p className="loading faint">{text('load.label')}</p>
  if (loaded.state === 'gone') {
    return (
      <Message icon="box" title={text('rollout.gone')} choices={choices}>
        <p>{text('rollout.goneWhy')}</p>
      </Message>
    )
  }
  const why =
    loaded.state !== 'failed'
      ? ''
      : loaded.failure.kind === 'Bridge'
        ? loaded.failure.message
        : failureWords(text, loaded.failure)
  return (
    <Message icon="warn" title={text('rollout.failed')} choices={choices}>
      <p>{why}</p>
    </Message>
  )
}

function Detail({ detail }: { readonly detail: RolloutDetailView }) {
  const page = useRef<HTMLDivElement>(null)
  return (
    <div className="rollout" ref={page}>
      <section className="rollout-head" data-region>
        <Header detail={detail}>
          <Siblings view={detail.view} />
        </Header>
      </section>
      <div className="rollout-columns">
        <Steps detail={detail} />
        <div className="rollout-centre">
          <Traffic detail={detail} />
          <Experiment detail={detail} />
          <Analysis detail={detail} />
          <Activity detail={detail} />
        </div>
        <div className="rollout-side">
          <Revisions detail={detail} />
          <Forecast detail={detail} />
        </div>
      </div>
    </div>
  )
}
