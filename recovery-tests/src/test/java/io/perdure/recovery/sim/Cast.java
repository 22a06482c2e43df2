package io.perdure.recovery.sim;

import static io.perdure.recovery.client.ClientOptions.durable;
import static io.perdure.recovery.client.Version.V3_1;
import static io.perdure.recovery.client.Version.V3_1_1;
import static io.perdure.recovery.client.Version.V5;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Packet.Filter;
import io.perdure.recovery.client.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The clients of a run, other ones for each seed. Publishers write to {@code t/INDEX/0} and {@code t/INDEX/1}, or retained
 * to {@code r/INDEX/...}; Wills go to {@code w/INDEX}.
 */
final class Cast {

    private static final int RETAINED = 6;
    private static final Filter WILLS = new Filter("w/#", 2);

    private final SplittableRandom random;
    private final List<Part> parts = new ArrayList<>();

    private Cast(SplittableRandom random) {
        this.random = random;
    }

    static List<Part> choose(SplittableRandom random) {
        Cast cast = new Cast(random);
        cast.publishers();
        cast.subscribers();
        if (random.nextBoolean()) {
            cast.members();
        }
        if (random.nextInt(3) == 0) {
            // with few clients there is seldom one whose changes hide that those of another are lost
            cast.parts.removeIf(part -> random.nextInt(3) == 0);
        }
        return cast.parts;
    }

    private ClientOptions options(String name, Version version) {
        int window = random.nextInt(1, 7);
        int receiveMaximum = random.nextBoolean() ? random.nextInt(1, 5) : 100;
        return durable(name + parts.size(), version)
                .withWindow(window)
                .withPacketIds(window + 3)
                .withReceiveMaximum(receiveMaximum)
                .withHeldAcks(version == V5 ? random.nextInt(Math.min(receiveMaximum, 5)) : random.nextInt(4))
                .withTopicAliasMaximum(random.nextInt(3));
    }

    private Version version() {
        return switch (random.nextInt(5)) {
            case 0 -> V3_1;
            case 1, 2 -> V3_1_1;
            default -> V5;
        };
    }

    private Part part(ClientOptions options) {
        return new Part(options, parts.size());
    }

    private String[] topics() {
        String parent = "t/" + parts.size();
        return new String[] {parent + "/0", parent + "/1"};
    }

    private void publishers() {
        parts.add(part(options("pub", V5)).publishing(topics()).withWill("w/" + parts.size()));
        parts.add(part(options("both", version()))
                .publishing(topics())
                .subscribing(new Filter("t/#", 2), new Filter("t/+/0", 1)));
        if (random.nextInt(3) > 0) {
            String parent = "r/" + parts.size() + "/";
            parts.add(part(options("ret", version()))
                    .retaining(IntStream.range(0, RETAINED)
                            .mapToObj(i -> parent + i)
                            .toArray(String[]::new)));
        }
    }

    private void subscribers() {
        parts.add(part(options("sub", version())).subscribing(new Filter("t/#", random.nextInt(1, 3)), WILLS));
        switch (random.nextInt(3)) {
            case 0 ->
                parts.add(part(options("expiring", V5).withSessionExpiryS(random.nextInt(20, 100)))
                        .subscribing(new Filter("t/+/1", 2))
                        .withWill("w/" + parts.size()));
            case 1 ->
                parts.add(part(options("clean", version()).withSessionExpiryS(0))
                        .subscribing(new Filter("t/+/0", 2), new Filter("r/#", 1))
                        .withWill("w/" + parts.size()));
            // one of 3.1 could not know whether its session has ended
            default ->
                parts.add(part(options("ending", random.nextBoolean() ? V5 : V3_1_1))
                        .subscribing(new Filter("t/0/+", 2), new Filter("r/#", 2))
                        .withWill("w/" + parts.size())
                        .ending());
        }
        parts.add(part(options("changing", version()))
                .subscribing(new Filter("t/1/#", 1))
                .changing(random.nextBoolean() ? "t/0/+" : "r/#"));
    }

    private void members() {
        Filter shared = new Filter("$share/group/t/#", random.nextInt(1, 3));
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            Part member =
                    part(options("member", random.nextBoolean() ? V5 : V3_1_1)).subscribing(shared);
            parts.add(i == 0 || random.nextBoolean() ? member : member.ending());
        }
    }
}
