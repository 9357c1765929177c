/** A long name with possible line breaks between its words: `settings.startTimeoutMs`. */
export function Breakable({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(?<=[.:/_])|(?=[A-Z][a-z])/).map((part, index) => (
        <span key={index}>
          {part}
          <wbr />
        </span>
      ))}
    </>
  )
}
