#!/usr/bin/env bash
# The guided look that `make demo` ends with. Each command is printed before it runs, ready to paste.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p demo
cd demo

run() {
  printf '\n\033[1m$ %s\033[0m\n' "$1"
  bash -c "$1"
}

# Tables, as these commands print on a terminal, also where the demo's output goes to a file.
look() {
  printf '\n\033[1m$ %s\033[0m\n' "$1"
  bash -c "$1 --output table"
}

cat <<'TEXT'

The label system is built in the folder demo/. To try the commands yourself:

    source .venv/bin/activate
    cd demo
TEXT

look "labelsys build"
look "labelsys stats"
look "labelsys search 'golden retreiver'"
look "labelsys show dog.n.01"
look "labelsys path coco:18 animal.n.01"
run "labelsys export labels --under dog.n.01 > dogs.jsonl"
run "head -n 5 dogs.jsonl"

cat > my_labels.txt <<'LABELS'
hot_dog
Wine glass
crane (bird)
bow_(weapon)
Audi R8 Coupe 2012
tayassu pecari
empty
ak47
t-shirts
golden retreiver
LABELS
run "cat my_labels.txt"
look "labelsys link my_labels.txt"

cat <<'TEXT'

That was the demo. The system stays in demo/; `labelsys --help` lists the rest.
TEXT
