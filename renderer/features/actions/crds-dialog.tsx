import { useState } from 'react'
import type { WriteView } from '#contract/views.ts'
import { failureWords } from '../../format/failure-words.ts'
import { Writes } from '../../marks/exact-request.tsx'
import { closeOverlay } from '../../store/app.ts'
import { showToast } from '../../store/toasts.ts'
import { useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/** UI-ERR-7: shows what would be applied; installs only when told to. */
export function CrdsDialog({ context }: { readonly context: string }) {
  const app = useApp()
  const text = useText()
  const [failed, setFailed] = useState<string>()
  const writes = useAnswer<readonly WriteView[]>(context, async () => {
    const outcome = await app.bridge.call('cluster.crds.preview', { context })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  const install = async () => {
    const outcome = await app.bridge.call('cluster.crds.install', { context })
    if (!outcome.ok) return setFailed(failureWords(text, outcome.error))
    closeOverlay(app)
    showToast(app.toasts, {
      id: `crds ${context}`,
      tone: 'done',
      title: text('toast.crdsInstalled', { cluster: context }),
      detail: '',
    })
  }
  const why =
    writes.state === 'failed'
      ? writes.failure.kind === 'Bridge'
        ? writes.failure.message
        : failureWords(text, writes.failure)
      : failed
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name="box" />
        </span>
        <h2>{text('crds.title', { cluster: context })}</h2>
        <p className="dim">{text('crds.means')}</p>
      </header>
      <div className="dialog-body scroll">
        {why !== undefined && (
          <p className="dialog-line ink-degraded" role="alert">
            {why}
          </p>
        )}
        {writes.state === 'there' && <Writes writes={writes.value} folded />}
      </div>
      <footer className="dialog-foot">
        <span className="space" />
        <Button label={text('dialog.cancel')} hint="Esc" onPress={() => closeOverlay(app)} />
        <Button
          kind="primary"
          icon="download"
          label={text('crds.install')}
          offBecause={writes.state === 'there' ? undefined : text('dialog.loading')}
          onPress={() => void install()}
        />
      </footer>
    </>
  )
}
