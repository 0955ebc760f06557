import type { RolloutKey } from '#contract/views.ts'
import { openOverlay } from '../../store/app.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { useKeys } from '../../ui/use-keys.ts'

interface BackTestButtonProps {
  readonly rolloutKey: RolloutKey
  readonly small?: boolean
}

/** Opens what the analyses of a rollout would have said of its past releases; `B` does the same. */
export function BackTestButton({ rolloutKey, small = false }: BackTestButtonProps) {
  const app = useApp()
  const text = useText()
  const open = () => openOverlay(app, { kind: 'backTest', key: rolloutKey })
  useKeys({ B: open })
  const label = text('action.asks', { action: text('backTest.name') })
  return <Button small={small} icon="history" hint="B" label={label} onPress={open} />
}
