package io.perdure.tools.torture;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A broker that somebody else kills, or whose power somebody cuts: it is dead when it does not answer. */
final class RemoteBroker implements Subject {

    private static final int TURN_MS = 50;
    private static final long RETRY_MS = 200;

    private final Target target;
    private final Surroundings around;
    private final Client knocker;
    private long returnMs;
    private int deaths;

    RemoteBroker(Target target, Client knocker, Surroundings around) {
        this.target = target;
        this.knocker = knocker;
        this.around = around;
    }

    @Override
    public String description() {
        return "the broker at " + target.address().getHostString() + ":"
                + target.address().getPort() + ", which somebody else kills";
    }

    @Override
    public Target begin() throws TortureException {
        try {
            around.up(target);
            knock();
            return target;
        } catch (IOException e) {
            throw new TortureException("can't connect to " + target.address().getHostString() + ":"
                    + target.address().getPort() + ": " + e.getMessage());
        }
    }

    private void knock() throws IOException {
        knocker.connect();
        knocker.leave();
    }

    @Override
    public boolean die(Client visitor, BooleanSupplier stopped) {
        try {
            while (!stopped.getAsBoolean()) {
                visitor.pump(TURN_MS);
            }
            return false;
        } catch (IOException lost) {
            deaths++;
            return true;
        }
    }

    @Override
    public boolean comeBack(BooleanSupplier stopped) throws IOException {
        long lostNs = System.nanoTime();
        while (!stopped.getAsBoolean()) {
            try {
                knock();
                returnMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lostNs);
                return true;
            } catch (IOException notYet) {
                pause();
            }
        }
        return false;
    }

    private void pause() throws IOException {
        try {
            around.pause(RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public long returnMs() {
        return returnMs;
    }

    @Override
    public int deaths() {
        return deaths;
    }

    @Override
    public void close() {
        knocker.close();
    }
}
