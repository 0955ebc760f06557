import { useStore } from 'zustand'
import { useApp, useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import './notify-button.css'

/** A page in a browser has no desktop of ours around it. */
export function NotifyButton() {
  const { preferences, connection } = useApp()
  const text = useText()
  const notify = useStore(preferences, (state) => state.notify)
  const host = useStore(connection, ({ info }) => info?.host)
  if (host !== 'electron') return null
  const change = () => preferences.setState({ notify: !notify })
  return (
    <Button
      className="notify"
      kind="ghost"
      small
      iconOnly
      icon="bell"
      label={text('notify.label')}
      title={text(notify ? 'notify.on' : 'notify.off')}
      pressed={notify}
      onPress={change}
    />
  )
}
