#!/bin/sh
# A bconsole that also knows .query, which the community edition has from 11.0 on only, and never with OpenStack.
# In a session with a .query line that line's answer is the content of a file, byte for byte, and each other line's
# answer is what the real bconsole says to it. A session without one is the real bconsole's altogether.
real='@REAL@'
answers='@ANSWERS@'

input=$(cat)

if ! printf '%s\n' "$input" | grep -q '^\.query'; then
    exec "$real" "$@" <<END
$input
END
fi

answer() {
    client=$(printf '%s\n' "$1" | sed -n 's/.* client="\{0,1\}\([A-Za-z0-9:._-]*\).*/\1/p')
    file="$answers/$client.query"
    if [ -z "$client" ]; then
        echo 'error=Client name missing.'
    elif [ ! -f "$file" ]; then
        printf 'error=Client "%s" not found.\n' "$client"
    else
        cat "$file"
        # What this client answers from the next question on.
        [ ! -f "$file.next" ] || mv "$file.next" "$file"
        # The answer does not end before the test has taken away what tells it that all of the text is out.
        [ ! -f "$file.pause" ] || : >"$file.paused"
        while [ -f "$file.paused" ]; do sleep 0.1; done
    fi
}

# The lines before the first command, and whether the Director lets us in at all.
greeting=$(echo quit | "$real" "$@")
code=$?
if [ "$code" -ne 0 ]; then
    printf '%s\n' "$greeting"
    exit "$code"
fi
greeting=${greeting%quit}
printf '%s' "$greeting"

# What a line before has set for the rest of the session.
modes='gui on
'

# As with the real one, each line is echoed; where the answer before it ended without a newline, the echo sticks to it.
while IFS= read -r line; do
    case $line in
    .query*)
        printf '%s\n' "$line"
        answer "$line"
        ;;
    quit)
        echo quit
        exit 0
        ;;
    *)
        said=$(printf '%s%s\nquit\n' "$modes" "$line" | "$real" "$@")
        said=${said#"$greeting$modes"}
        printf '%s' "${said%quit}"
        case $line in
        .api*) modes="$modes$line
" ;;
        esac
        ;;
    esac
done <<END
$input
END
