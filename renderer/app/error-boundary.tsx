import { Component, type ErrorInfo, type ReactNode } from 'react'
import { useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import { Message } from '../ui/message.tsx'

interface BoundaryProps {
  /** A new place clears the error: the fault belongs to the page that showed it. */
  readonly place: string
  readonly children: ReactNode
}

interface BoundaryState {
  readonly error: Error | undefined
  readonly place: string
}

/** A fault in one page shows there, with its text; the frame, the other pages and the clusters go on. */
export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined, place: this.props.place }

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return props.place === state.place ? null : { error: undefined, place: props.place }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return <Fault error={error} onAgain={() => this.setState({ error: undefined })} />
  }
}

function Fault({ error, onAgain }: { readonly error: Error; readonly onAgain: () => void }) {
  const text = useText()
  const report = `${error.message}\n${error.stack ?? ''}`
  return (
    <Message
      icon="warn"
      title={text('fault.title')}
      choices={
        <>
          <Button kind="primary" label={text('fault.again')} onPress={onAgain} />
          <Button icon="copy" label={text('fault.copy')} onPress={() => void navigator.clipboard.writeText(report)} />
        </>
      }
    >
      <p>{text('fault.why')}</p>
      <p className="mono">{error.message}</p>
    </Message>
  )
}
