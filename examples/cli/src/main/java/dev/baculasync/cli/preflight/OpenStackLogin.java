package dev.baculasync.cli.preflight;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baculasync.spi.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The login that the {@code OS_*} variables describe, as the OpenStack clients read them. What it says of itself never
 * holds a password or secret.
 */
final class OpenStackLogin {
    private final Settings settings;

    OpenStackLogin(Settings settings) {
        this.settings = settings;
    }

    /** Whether any of the variables is set. */
    boolean isMeant() {
        return List.of(
                        "OS_AUTH_URL",
                        "OS_USERNAME",
                        "OS_USER_ID",
                        "OS_PASSWORD",
                        "OS_APPLICATION_CREDENTIAL_ID",
                        "OS_APPLICATION_CREDENTIAL_NAME",
                        "OS_APPLICATION_CREDENTIAL_SECRET")
                .stream()
                .anyMatch(variable -> settings.text(variable).isPresent());
    }

    /** What is lacking or wrong, each beginning with a variable's name. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        problemOfUrl().ifPresent(problems::add);
        if (withApplicationCredential()) {
            require(problems, "OS_APPLICATION_CREDENTIAL_SECRET");
            if (settings.text("OS_APPLICATION_CREDENTIAL_ID").isEmpty()) {
                requireUser(problems);
            }
        } else {
            requireUser(problems);
            require(problems, "OS_PASSWORD");
            if (settings.text("OS_PROJECT_NAME").isEmpty()
                    && settings.text("OS_PROJECT_ID").isEmpty()) {
                problems.add("OS_PROJECT_NAME (or OS_PROJECT_ID) is not set");
            }
        }
        return problems;
    }

    /** The API's version 3, without a slash at the end; not to be asked for when there are problems. */
    URI endpoint() {
        String url = settings.text("OS_AUTH_URL", "").strip().replaceFirst("/+$", "");
        return URI.create(url.endsWith("/v3") ? url : url.replaceFirst("/v2\\.0$", "") + "/v3");
    }

    /** Whether the password would travel unencrypted. */
    boolean isPlain() {
        return "http".equalsIgnoreCase(endpoint().getScheme());
    }

    /** Who logs in, for a person. */
    String who() {
        return withApplicationCredential()
                ? "application credential "
                        + settings.text("OS_APPLICATION_CREDENTIAL_ID")
                                .orElseGet(() -> settings.text("OS_APPLICATION_CREDENTIAL_NAME", ""))
                : settings.text("OS_USERNAME").orElseGet(() -> settings.text("OS_USER_ID", "")) + " in project "
                        + settings.text("OS_PROJECT_NAME").orElseGet(() -> settings.text("OS_PROJECT_ID", ""));
    }

    /** The body of the request for a token. Holds the password. */
    String tokenRequest() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        ObjectNode auth = root.putObject("auth");
        ObjectNode identity = auth.putObject("identity");
        if (withApplicationCredential()) {
            identity.putArray("methods").add("application_credential");
            ObjectNode credential = identity.putObject("application_credential");
            credential.put("secret", settings.text("OS_APPLICATION_CREDENTIAL_SECRET", ""));
            Optional<String> id = settings.text("OS_APPLICATION_CREDENTIAL_ID");
            if (id.isPresent()) {
                credential.put("id", id.get());
            } else {
                credential.put("name", settings.text("OS_APPLICATION_CREDENTIAL_NAME", ""));
                named(credential.putObject("user"), "OS_USER_ID", "OS_USERNAME", "OS_USER_DOMAIN");
            }
        } else {
            identity.putArray("methods").add("password");
            ObjectNode user = identity.putObject("password").putObject("user");
            named(user, "OS_USER_ID", "OS_USERNAME", "OS_USER_DOMAIN");
            user.put("password", settings.text("OS_PASSWORD", ""));
            named(
                    auth.putObject("scope").putObject("project"),
                    "OS_PROJECT_ID",
                    "OS_PROJECT_NAME",
                    "OS_PROJECT_DOMAIN");
        }
        return root.toString();
    }

    /** By its id, or by its name, which is unique within a domain only. */
    private void named(ObjectNode node, String idVariable, String nameVariable, String domainVariable) {
        Optional<String> id = settings.text(idVariable);
        if (id.isPresent()) {
            node.put("id", id.get());
            return;
        }
        node.put("name", settings.text(nameVariable, ""));
        ObjectNode domain = node.putObject("domain");
        Optional<String> domainId = settings.text(domainVariable + "_ID");
        Optional<String> domainName = settings.text(domainVariable + "_NAME");
        if (domainId.isEmpty() && domainName.isPresent()) {
            domain.put("name", domainName.get());
        } else {
            domain.put("id", domainId.orElseGet(() -> settings.text("OS_DEFAULT_DOMAIN", "default")));
        }
    }

    private boolean withApplicationCredential() {
        return settings.text("OS_APPLICATION_CREDENTIAL_ID").isPresent()
                || settings.text("OS_APPLICATION_CREDENTIAL_NAME").isPresent();
    }

    private Optional<String> problemOfUrl() {
        Optional<String> url = settings.text("OS_AUTH_URL").map(String::strip);
        if (url.isEmpty()) {
            return Optional.of("OS_AUTH_URL is not set");
        }
        try {
            URI uri = new URI(url.get());
            if (uri.getRawUserInfo() != null) {
                return Optional.of("OS_AUTH_URL holds a user or password in front of an @");
            }
            boolean http = uri.getScheme() != null && Set.of("http", "https").contains(uri.getScheme());
            return http && uri.getHost() != null
                    ? Optional.empty()
                    : Optional.of("OS_AUTH_URL is not an http or https address");
        } catch (URISyntaxException e) {
            return Optional.of("OS_AUTH_URL is not an address: " + e.getReason() + " at position " + e.getIndex());
        }
    }

    private void requireUser(List<String> problems) {
        if (settings.text("OS_USERNAME").isEmpty()
                && settings.text("OS_USER_ID").isEmpty()) {
            problems.add("OS_USERNAME (or OS_USER_ID) is not set");
        }
    }

    private void require(List<String> problems, String variable) {
        if (settings.text(variable).isEmpty()) {
            problems.add(variable + " is not set");
        }
    }
}
