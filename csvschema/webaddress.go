package csvschema

import (
	"fmt"
	"net/url"
	"strings"
)

// parseWebAddress returns an address that a fetcher may try: http or https, with a host,
// without credentials. Whether the host may be reached is for the fetcher to decide.
// Blanks, which people paste along, are escaped. An address that will not do gives a
// flaw, which is put behind "it".
func parseWebAddress(text string, maxRunes int) (address, flaw string) {
	if tooManyRunes(text, maxRunes) {
		return "", fmt.Sprintf("is longer than %d characters", maxRunes)
	}
	if holdsSeveral(text) {
		return "", "holds several addresses; give each a column of its own"
	}
	text = strings.ReplaceAll(text, " ", "%20")
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", "is not a web address"
	case u.Scheme != "http" && u.Scheme != "https":
		return "", "does not begin with http:// or https://"
	case u.Hostname() == "":
		return "", "has no host"
	case u.User != nil:
		return "", "holds a user name or a password"
	}
	return text, ""
}

// holdsSeveral recognises a list of addresses. An address within an address, as proxies
// have it, follows a slash or an equals sign.
func holdsSeveral(text string) bool {
	for _, scheme := range []string{"http://", "https://"} {
		for _, separator := range []string{"|", ",", ";", " "} {
			if strings.Contains(text, separator+scheme) {
				return true
			}
		}
	}
	return false
}
