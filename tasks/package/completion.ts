import { commands } from "../cli_reference.ts";

/** What may be typed behind each beginning of a command line: "", "route", "route add". */
function words(): Map<string, string[]> {
  const words = new Map<string, string[]>();
  const add = (path: string, more: readonly string[]) => {
    const known = words.get(path) ?? [];
    const added = more.filter((word) => !known.includes(word));
    words.set(path, [...known, ...added]);
  };
  for (const { command, path } of commands()) {
    const names = path.split(" ");
    names.forEach((name, index) =>
      add(names.slice(0, index).join(" "), [name])
    );
    add(path, command.options.flatMap(({ long }) => long ?? []));
  }
  return words;
}

/** Completion for bash. */
export function bashCompletion(): string {
  const cases = Array.from(
    words(),
    ([path, words]) => `	"${path}") words="${words.join(" ")}" ;;`,
  ).join("\n");
  return `# bash completion of lars

_lars() {
	local path="" words="" word
	for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
	done
	# Arguments stand behind a command.
	while :; do
		case "$path" in
${cases.replaceAll(/^/gm, "\t")}
		esac
		[ -n "$words" ] || [ -z "$path" ] && break
		case "$path" in *" "*) path="\${path% *}" ;; *) path="" ;; esac
	done
	COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _lars lars
`;
}

/** Completion for zsh, which takes that of bash. */
export function zshCompletion(): string {
  return `#compdef lars
autoload -U +X bashcompinit && bashcompinit
${bashCompletion()}`;
}

/** Completion for fish. */
export function fishCompletion(): string {
  const lines = commands().flatMap(({ command, path }) => {
    const names = path.split(" ");
    const seen = `__fish_seen_subcommand_from ${names.at(-1)}`;
    return [
      ...command.options.map(({ long, description }) =>
        `complete -c lars -n '${seen}' -l '${long?.slice(2)}' -d '${
          quote(description)
        }'`
      ),
      names.length === 1
        ? `complete -c lars -f -n __fish_use_subcommand -a '${names[0]}' -d '${
          quote(command.description())
        }'`
        : `complete -c lars -f -n '__fish_seen_subcommand_from ${
          names[0]
        }' -a '${names[1]}' -d '${quote(command.description())}'`,
    ];
  });
  const groups = new Set(
    commands().map(({ path }) => path.split(" "))
      .filter((names) => names.length > 1).map(([group]) => group),
  );
  const heads = Array.from(
    groups,
    (group) => `complete -c lars -f -n __fish_use_subcommand -a '${group}'`,
  );
  return `${[...heads, ...lines].join("\n")}\n`;
}

function quote(text: string): string {
  return text.replaceAll("'", "\\'");
}
