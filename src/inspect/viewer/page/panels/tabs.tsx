/** ARIA tabs. They are one tab stop; the arrow keys move between them. */
interface TabsProps<Name extends string> {
  readonly label: string
  readonly name: string
  readonly tabs: readonly (readonly [Name, string])[]
  readonly chosen: Name
  readonly choose: (name: Name) => void
}

export function Tabs<Name extends string>({ label, name, tabs, chosen, choose }: TabsProps<Name>) {
  const key = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = tabs[(tabs.findIndex(([each]) => each === chosen) + by + tabs.length) % tabs.length]
    if (by === 0 || next === undefined || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    choose(next[0])
    document.getElementById(`${name}-${next[0]}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={key}>
      {tabs.map(([each, text]) => (
        <button
          type="button"
          role="tab"
          key={each}
          id={`${name}-${each}`}
          aria-selected={each === chosen}
          aria-controls={`${name}-panel`}
          tabIndex={each === chosen ? 0 : -1}
          onClick={() => choose(each)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
