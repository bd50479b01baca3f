package io.quorate.chaos.substrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The rules of one node's packet filter that make its links behave as they should, as {@code iptables-restore} reads
 * them.
 *
 * <p>Packets from a peer are dropped where they arrive; those to clients, where they leave, as the clients' end has no
 * filter. Packets are delayed and doubled where they leave, those from clients where they arrive.
 *
 * @param self the node whose filter it is
 * @param address of each end of links
 * @param queue of each delayed link
 */
record PacketRules(String self, Function<String, String> address, Map<Link, Integer> queue) {

    /** The whole filter: what is not in it is removed. */
    String of(Map<Link, LinkState> links) {
        List<String> filter = new ArrayList<>();
        List<String> mangle = new ArrayList<>();
        links.forEach((link, state) -> {
            boolean leaving = link.from().equals(self);
            if (link.to().equals(self)) {
                drop("INPUT -s " + address.apply(link.from()), state, filter);
            } else if (leaving && link.to().equals(Link.CLIENTS)) {
                drop("OUTPUT -d " + address.apply(link.to()), state, filter);
            }
            if (leaving || (link.to().equals(self) && link.from().equals(Link.CLIENTS))) {
                String packets =
                        leaving ? "OUTPUT -d " + address.apply(link.to()) : "INPUT -s " + address.apply(link.from());
                if (state.delayMillis() > 0) {
                    filter.add("-A " + packets + " -j NFQUEUE --queue-num " + queue.get(link) + " --queue-bypass");
                }
            }
            if (leaving && state.duplicatePercent() > 0) {
                String to = address.apply(link.to());
                mangle.add("-A POSTROUTING -d " + to + sometimes(state.duplicatePercent()) + " -j TEE --gateway " + to);
            }
        });
        return "*filter\n" + lines(filter) + "COMMIT\n*mangle\n" + lines(mangle) + "COMMIT\n";
    }

    private static void drop(String packets, LinkState state, List<String> rules) {
        if (state.blocked()) {
            rules.add("-A " + packets + " -j DROP");
        } else if (state.lossPercent() > 0) {
            rules.add("-A " + packets + sometimes(state.lossPercent()) + " -j DROP");
        }
    }

    private static String sometimes(int percent) {
        return String.format(Locale.ROOT, " -m statistic --mode random --probability %.2f", percent / 100.0);
    }

    private static String lines(List<String> rules) {
        return rules.isEmpty() ? "" : String.join("\n", rules) + "\n";
    }
}
