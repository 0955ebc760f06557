import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import './told-afterwards.css'

/** UI-HIST-4: nobody saw it, and the cluster told of it later. Where there is little room the words are in the title. */
export function ToldAfterwards({ small = false }: { readonly small?: boolean }) {
  const text = useText()
  const [words, why] = [text('past.told'), text('past.toldWhy')]
  return small ? (
    <span className="told-afterwards" role="img" aria-label={words} title={`${words}. ${why}`}>
      <Icon name="clock" className="icon-sm" />
    </span>
  ) : (
    <span className="told-afterwards small" title={why}>
      <Icon name="clock" className="icon-sm" />
      {words}
    </span>
  )
}
