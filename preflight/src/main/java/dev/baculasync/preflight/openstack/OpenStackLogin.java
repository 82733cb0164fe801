package dev.baculasync.preflight.openstack;

import static dev.baculasync.preflight.openstack.OpenStackVariable.*;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baculasync.spi.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The login that the {@code OS_*} variables describe, as the OpenStack clients read them. What it says of itself never
 * holds a password, token or secret.
 */
public final class OpenStackLogin {
    private static final String NO_ADDRESS =
            "OS_AUTH_URL is not an http or https address, such as https://HOST:5000/v3";
    private static final OpenStackVariable[] PROJECT_NAME = {OS_PROJECT_NAME, OS_TENANT_NAME};
    private static final OpenStackVariable[] PROJECT_ID = {OS_PROJECT_ID, OS_TENANT_ID};

    private final Settings settings;

    /** How to prove who one is. */
    public enum Method {
        PASSWORD,
        TOKEN,
        APPLICATION_CREDENTIAL,
        /** One that is not spoken here. */
        OTHER
    }

    public OpenStackLogin(Settings settings) {
        this.settings = settings;
    }

    public Method method() {
        Optional<String> type = OS_AUTH_TYPE.in(settings);
        if (type.isPresent()) {
            return switch (type.get()) {
                case "password", "v3password" -> Method.PASSWORD;
                case "token", "v3token" -> Method.TOKEN;
                case "v3applicationcredential" -> Method.APPLICATION_CREDENTIAL;
                default -> Method.OTHER;
            };
        }
        if (isSet(OS_APPLICATION_CREDENTIAL_ID, OS_APPLICATION_CREDENTIAL_NAME)) {
            return Method.APPLICATION_CREDENTIAL;
        }
        return isSet(OS_TOKEN) && !isSet(OS_PASSWORD) ? Method.TOKEN : Method.PASSWORD;
    }

    /** What is lacking or wrong, each beginning with a variable's name. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        problemOfUrl().ifPresent(problems::add);
        switch (method()) {
            case PASSWORD -> {
                requireUser(problems);
                require(problems, OS_PASSWORD);
                requireScope(problems);
            }
            case TOKEN -> {
                require(problems, OS_TOKEN);
                requireScope(problems);
            }
            case APPLICATION_CREDENTIAL -> {
                require(problems, OS_APPLICATION_CREDENTIAL_SECRET);
                if (!isSet(OS_APPLICATION_CREDENTIAL_ID)) {
                    require(problems, OS_APPLICATION_CREDENTIAL_NAME);
                    requireUser(problems);
                }
            }
            case OTHER -> {
                // Told as a variable that is not used.
            }
        }
        return problems;
    }

    /** The API's version 3, without a slash at the end; not to be asked for when there are problems. */
    public URI endpoint() {
        String url = text(OS_AUTH_URL).strip().replaceFirst("/+$", "");
        return URI.create(url.endsWith("/v3") ? url : url.replaceFirst("/v2\\.0$", "") + "/v3");
    }

    /** Whether the password would travel unencrypted. */
    public boolean isPlain() {
        return "http".equalsIgnoreCase(endpoint().getScheme());
    }

    /** Who logs in, for a person. */
    public String who() {
        String user = first(OS_USERNAME, OS_USER_ID).orElse("");
        return switch (method()) {
            case APPLICATION_CREDENTIAL ->
                "application credential "
                        + first(OS_APPLICATION_CREDENTIAL_ID, OS_APPLICATION_CREDENTIAL_NAME)
                                .orElse("");
            case TOKEN -> "the token in OS_TOKEN" + scopeWords();
            case PASSWORD, OTHER -> user + scopeWords();
        };
    }

    private String scopeWords() {
        return first(PROJECT_NAME)
                .or(() -> first(PROJECT_ID))
                .map(name -> " in project " + name)
                .or(() -> first(OS_DOMAIN_NAME, OS_DOMAIN_ID).map(name -> " in domain " + name))
                .orElse(isSet(OS_TRUST_ID) ? " by a trust" : " in the whole system");
    }

    /** The body of the request for a token. Holds the password. */
    public String tokenRequest() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        ObjectNode auth = root.putObject("auth");
        ObjectNode identity = auth.putObject("identity");
        switch (method()) {
            case APPLICATION_CREDENTIAL -> {
                identity.putArray("methods").add("application_credential");
                applicationCredential(identity.putObject("application_credential"));
            }
            case TOKEN -> {
                identity.putArray("methods").add("token");
                identity.putObject("token").put("id", text(OS_TOKEN));
                scope(auth.putObject("scope"));
            }
            case PASSWORD, OTHER -> {
                identity.putArray("methods").add("password");
                ObjectNode user = identity.putObject("password").putObject("user");
                user(user);
                user.put("password", text(OS_PASSWORD));
                scope(auth.putObject("scope"));
            }
        }
        return root.toString();
    }

    private void applicationCredential(ObjectNode credential) {
        credential.put("secret", text(OS_APPLICATION_CREDENTIAL_SECRET));
        Optional<String> id = OS_APPLICATION_CREDENTIAL_ID.in(settings);
        if (id.isPresent()) {
            credential.put("id", id.get());
        } else {
            credential.put("name", text(OS_APPLICATION_CREDENTIAL_NAME));
            user(credential.putObject("user"));
        }
    }

    private void user(ObjectNode user) {
        named(user, OS_USER_ID.in(settings), OS_USERNAME.in(settings), OS_USER_DOMAIN_ID, OS_USER_DOMAIN_NAME);
    }

    private void scope(ObjectNode scope) {
        if (isSet(PROJECT_ID) || isSet(PROJECT_NAME)) {
            named(
                    scope.putObject("project"),
                    first(PROJECT_ID),
                    first(PROJECT_NAME),
                    OS_PROJECT_DOMAIN_ID,
                    OS_PROJECT_DOMAIN_NAME);
        } else if (isSet(OS_DOMAIN_ID, OS_DOMAIN_NAME)) {
            ObjectNode domain = scope.putObject("domain");
            OS_DOMAIN_ID
                    .in(settings)
                    .ifPresentOrElse(id -> domain.put("id", id), () -> domain.put("name", text(OS_DOMAIN_NAME)));
        } else if (isSet(OS_TRUST_ID)) {
            scope.putObject("OS-TRUST:trust").put("id", text(OS_TRUST_ID));
        } else {
            scope.putObject("system").put("all", true);
        }
    }

    /** By its id, or by its name, which is unique within a domain only. */
    private void named(
            ObjectNode node,
            Optional<String> id,
            Optional<String> name,
            OpenStackVariable idOfDomain,
            OpenStackVariable nameOfDomain) {
        if (id.isPresent()) {
            node.put("id", id.get());
            return;
        }
        node.put("name", name.orElse(""));
        ObjectNode domain = node.putObject("domain");
        Optional<String> domainId = idOfDomain.in(settings);
        Optional<String> domainName = nameOfDomain.in(settings);
        if (domainId.isEmpty() && domainName.isEmpty()) {
            domainId = first(OS_DEFAULT_DOMAIN_ID, OS_DEFAULT_DOMAIN);
            domainName = OS_DEFAULT_DOMAIN_NAME.in(settings);
        }
        if (domainId.isEmpty() && domainName.isPresent()) {
            domain.put("name", domainName.get());
        } else {
            domain.put("id", domainId.orElse("default"));
        }
    }

    private Optional<String> problemOfUrl() {
        Optional<String> url = OS_AUTH_URL.in(settings).map(String::strip);
        if (url.isEmpty()) {
            return Optional.of("OS_AUTH_URL is not set");
        }
        try {
            URI uri = new URI(url.get());
            if (url.get().indexOf('@') >= 0) {
                return Optional.of(
                        "OS_AUTH_URL holds an @: user and password do not belong into the address, but into OS_USERNAME and"
                                + " OS_PASSWORD");
            }
            if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
                return Optional.of("OS_AUTH_URL holds a ? or #, behind which nothing belongs");
            }
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null ? Optional.empty() : Optional.of(NO_ADDRESS);
        } catch (URISyntaxException e) {
            return Optional.of(NO_ADDRESS + ": " + e.getReason() + " at position " + e.getIndex());
        }
    }

    private void requireScope(List<String> problems) {
        if (!isSet(PROJECT_NAME)
                && !isSet(PROJECT_ID)
                && !isSet(OS_DOMAIN_NAME, OS_DOMAIN_ID, OS_TRUST_ID, OS_SYSTEM_SCOPE)) {
            problems.add("OS_PROJECT_NAME (or OS_PROJECT_ID) is not set");
        }
    }

    private void requireUser(List<String> problems) {
        if (!isSet(OS_USERNAME, OS_USER_ID)) {
            problems.add("OS_USERNAME (or OS_USER_ID) is not set");
        }
    }

    private void require(List<String> problems, OpenStackVariable variable) {
        if (!isSet(variable)) {
            problems.add(variable + " is not set");
        }
    }

    private boolean isSet(OpenStackVariable... anyOf) {
        return first(anyOf).isPresent();
    }

    private Optional<String> first(OpenStackVariable... variables) {
        return Stream.of(variables)
                .flatMap(variable -> variable.in(settings).stream())
                .findFirst();
    }

    private String text(OpenStackVariable variable) {
        return variable.in(settings).orElse("");
    }
}
