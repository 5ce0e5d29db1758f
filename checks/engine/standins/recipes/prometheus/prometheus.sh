#!/bin/sh
# Debian's build looks for its settings and keeps its data elsewhere. Here both are where the genuine image has
# them by default: in the folder that it works in.
case " $* " in
*" --config.file"*) ;;
*) set -- --config.file=prometheus.yml "$@" ;;
esac
case " $* " in
*" --storage.tsdb.path"* | *" --agent"* | *"--enable-feature=agent"* | *" --storage.agent"*) ;;
*) set -- --storage.tsdb.path=data/ "$@" ;;
esac
exec /usr/libexec/prometheus "$@"
