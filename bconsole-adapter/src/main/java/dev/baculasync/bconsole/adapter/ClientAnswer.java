package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ClientState.Kind;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the answer of {@code status client=…} says about the client. A Director that does not find the client, or may not
 * show it to this console, asks for another one, and takes the only other one by itself: what follows counts only after
 * a line that names the client that was meant. Why there is no connection is told from 15.0 on, by code; before that,
 * {@code Failed to connect} is all that is said, of a machine that is gone and of a wrong password alike, so that we look
 * for ourselves whether anything listens there.
 */
final class ClientAnswer {
    /** Codes of failures that come after a connection: a bad greeting, password, TLS. */
    private static final Pattern REFUSAL = Pattern.compile("\\[DE00(31|64|65|67|71)\\] .*");

    private static final Pattern NO_CONNECTION =
            Pattern.compile("\\[DE0029\\] Unable to connect to Client: (?<client>.+) on \\S+\\. ERR=(?<error>.+)");
    /**
     * A Director interrupts its own attempt after 15 s. An error that speaks of its own side, such as a network that it
     * does not know or a firewall's veto, says nothing about the client.
     */
    private static final Set<String> NOTHING_THERE = Set.of(
            "Connection refused",
            "No route to host",
            "Connection timed out",
            "Host is down",
            "Interrupted system call");

    private final String client;
    private final List<String> words;

    ClientAnswer(String client, List<String> answer) {
        this.client = client;
        words = answer.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Whether the Director says that it has no such client. What comes after that is about another one. */
    boolean saysUnknown() {
        return !words.isEmpty() && words.get(0).equals("Error: Client resource " + client + " does not exist.");
    }

    /**
     * What the answer says, or, where it does not say enough, a look of our own at the same address.
     *
     * @param directorIsHere whether a loopback address means the same to the Director and to us
     * @throws ProviderException when it cannot be understood
     */
    ClientState state(TcpLook look, boolean directorIsHere) {
        if (saysUnknown()) {
            return new ClientState(Kind.UNKNOWN_TO_DIRECTOR, Excerpt.of(words.get(0)));
        }
        Matcher address = Pattern.compile("Connecting to Client " + Pattern.quote(client) + " at (\\S+):(\\d{1,5})")
                .matcher(words.isEmpty() ? "" : words.get(0));
        if (!address.matches()) {
            throw unclear(
                    "it is not about this client, which may be disabled or missing in the ClientACL of the Console");
        }
        List<String> rest = rest();
        Optional<DaemonStatus> status = DaemonStatus.in(rest);
        if (status.isPresent()) {
            return new ClientState(Kind.ANSWERS, Excerpt.of(status.get().version()));
        }
        List<String> reasons = rest.stream().filter(line -> !saysFailed(line)).toList();
        if (reasons.isEmpty()) {
            return seen(look, address.group(1), Integer.parseInt(address.group(2)), directorIsHere);
        }
        if (reasons.stream().anyMatch(line -> REFUSAL.matcher(line).matches())) {
            return new ClientState(Kind.ANSWERS, Excerpt.of(reasons));
        }
        if (reasons.stream().allMatch(this::saysNothingIsThere)) {
            return new ClientState(Kind.SILENT, Excerpt.of(reasons));
        }
        throw unclear("run it in bconsole by hand");
    }

    private ClientState seen(TcpLook look, String host, int port, boolean directorIsHere) {
        if (rest().isEmpty() || port > 65_535 || (TcpLook.isLoopback(host) && !directorIsHere)) {
            throw unclear(
                    "before 15.0 the Director does not say whether nothing is there or the client refuses it; look"
                            + " at its messages");
        }
        String address = host + ":" + port;
        return switch (look.at(host, port)) {
            case LISTENS ->
                new ClientState(Kind.ANSWERS, "the Director failed to connect, but something listens at " + address);
            case REFUSED ->
                new ClientState(Kind.SILENT, "the Director failed to connect, and nothing listens at " + address);
            case NOTHING -> {
                // A network or a name that we do not know may well be known to a Director elsewhere.
                if (!directorIsHere) {
                    throw unclear(
                            "nothing can be reached at " + address + " from this host; run this on the Director's");
                }
                yield new ClientState(
                        Kind.SILENT, "the Director failed to connect, and nothing is reached at " + address);
            }
        };
    }

    private List<String> rest() {
        return words.subList(1, words.size());
    }

    private boolean saysFailed(String line) {
        return line.equals("Failed to connect to Client " + client + ".") || line.equals("====");
    }

    private boolean saysNothingIsThere(String line) {
        Matcher matcher = NO_CONNECTION.matcher(line);
        return matcher.matches()
                && matcher.group("client").equals(client)
                && NOTHING_THERE.contains(matcher.group("error"));
    }

    private ProviderException unclear(String hint) {
        return new ProviderException(
                Code.BAD_ANSWER,
                "the answer to \"status client=" + client + "\" does not tell whether it answers: "
                        + (words.isEmpty() ? "the Director said nothing" : Excerpt.of(words)) + " - " + hint);
    }
}
