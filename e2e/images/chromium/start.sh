# Chromium opens its DevTools for the loopback address alone, so the port that is published forwards
# to that one.
socat TCP-LISTEN:9223,fork,reuseaddr TCP:127.0.0.1:9222 &
# What is reached by 127.0.0.1 is a secure context, as it is for the people who look at the stack of
# this machine.
[ -z "$FORWARD" ] || socat TCP-LISTEN:3001,bind=127.0.0.1,fork,reuseaddr "TCP:$FORWARD" &
# Without its own sandbox: that needs privileges which the container does not have. It only sees
# pages of the test.
exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
  --user-data-dir=/tmp/profile --remote-debugging-port=9222 --hide-scrollbars about:blank
