import { useState } from 'react'
import { closeOverlay } from '../../store/app.ts'
import { showToast } from '../../store/toasts.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/** Reads one more kubeconfig file; the path is on the machine where Argosy runs. */
export function KubeconfigDialog() {
  const app = useApp()
  const text = useText()
  const [path, setPath] = useState('')
  const [failed, setFailed] = useState<string>()
  const add = async () => {
    const outcome = await app.bridge.call('kubeconfig.add', { path })
    // No server has spoken: the message is Argosy's own, about the file.
    if (!outcome.ok) return setFailed(outcome.error.message)
    closeOverlay(app)
    const title = text('toast.kubeconfigAdded', { count: outcome.value.length })
    const detail = outcome.value.length === 0 ? text('toast.kubeconfigKnown') : outcome.value.join(', ')
    showToast(app.toasts, { id: 'kubeconfig', tone: 'done', title, detail })
  }
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name="plus" />
        </span>
        <h2>{text('kubeconfig.title')}</h2>
        <p className="dim">{text('kubeconfig.means')}</p>
      </header>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (path !== '') void add()
        }}
      >
        <label>
          <span className="form-label">{text('kubeconfig.path')}</span>
          <span className="field">
            <input
              className="mono"
              type="text"
              autoFocus
              spellCheck={false}
              value={path}
              placeholder="~/.kube/config"
              onChange={(event) => setPath(event.target.value)}
            />
          </span>
        </label>
        {failed !== undefined && (
          <p className="ink-degraded" role="alert">
            {failed}
          </p>
        )}
      </form>
      <footer className="dialog-foot">
        <span className="space" />
        <Button label={text('dialog.cancel')} hint="Esc" onPress={() => closeOverlay(app)} />
        <Button
          kind="primary"
          icon="plus"
          label={text('kubeconfig.add')}
          offBecause={path === '' ? text('kubeconfig.pathFirst') : undefined}
          onPress={() => void add()}
        />
      </footer>
    </>
  )
}
