package imagepipe

import (
	"slices"
	"strconv"
	"strings"
)

// Request asks for the pictures of one product.
type Request struct {
	// Scope is within what an address is fetched once: the id of the job, say. A
	// picture behind an address that comes up again is taken from where it was stored.
	// Requests with the same scope, the empty one too, share their pictures.
	Scope string
	// ProductID is the product; its pictures lie under it.
	ProductID string
	// URLs are the addresses, the main picture's first.
	URLs []string
}

// Result is what became of a request.
type Result struct {
	// Hash is that of the first picture that is stored; empty where it has none.
	Hash string
	// Images are the pictures that are stored, in the order of their numbers.
	Images []Image
	// Failures are the addresses that gave no picture.
	Failures []Failure
}

// Reused is the number of pictures whose address had been fetched before.
func (r *Result) Reused() int {
	n := 0

	for i := range r.Images {
		if r.Images[i].Reused {
			n++
		}
	}

	return n
}

// Last is the greatest number of a picture that is stored, 0 where none is.
func (r *Result) Last() int {
	if len(r.Images) == 0 {
		return 0
	}

	return r.Images[len(r.Images)-1].Number
}

// URLs are the addresses of all renditions: those of the first picture that is stored as
// "original", "medium" and "thumbnail", those of the others as "2/original" and so on,
// with their number.
func (r *Result) URLs() map[string]string {
	urls := make(map[string]string, len(r.Images)*len(Sizes()))

	for i := range r.Images {
		image := &r.Images[i]
		for size, url := range image.URLs {
			name := string(size)
			if i > 0 {
				name = numbered(image.Number, name)
			}

			urls[name] = url
		}
	}

	return urls
}

// Image is a stored picture.
type Image struct {
	// Number is the place of its address in the request, from 1.
	Number int
	// Source is the address that it came from.
	Source string
	// URLs are the addresses of its renditions.
	URLs map[Size]string
	// Reused says that the address had been fetched before, in the same scope.
	Reused bool
}

// Failure is an address that gave no picture.
type Failure struct {
	URL string
	Err *Error
}

// Key returns the key of a rendition of a product's picture. number is from 1.
func Key(productID string, number int, size Size) string {
	return productID + "/" + numbered(number, string(size)) + ".jpg"
}

// ParseKey is the reverse of Key. ok is false for what is no key of a rendition.
func ParseKey(key string) (productID string, number int, size Size, ok bool) {
	parts := strings.Split(strings.TrimSuffix(key, ".jpg"), "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" {
		return "", 0, "", false
	}

	productID, number, size = parts[0], 1, Size(parts[len(parts)-1])

	if len(parts) == 3 {
		number, _ = strconv.Atoi(parts[1]) // Key below tells whether it is one
	}

	return productID, number, size, number > 0 && slices.Contains(Sizes(), size) && Key(productID, number, size) == key
}

func numbered(number int, name string) string {
	if number == 1 {
		return name
	}

	return strconv.Itoa(number) + "/" + name
}
